"""The charset that an HTML page declares of itself; evidence for decoding, and sometimes a lie."""

import re

_HEAD = 1 << 14
"""Bytes that are looked at for a declared charset; browsers look at 1,024, pages declare later."""

_META = re.compile(rb"<meta\b(?P<given>[^>]{0,500})|<\?xml\b(?P<xml>[^>]{0,200})", re.IGNORECASE)
_CHARSET = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)


def declared_charset(data: bytes) -> str | None:
    """Tell which charset a page declares in ``<meta>`` or ``<?xml``; it may lie."""
    for found in _META.finditer(_COMMENT.sub(b"", data[:_HEAD])):
        charset = _CHARSET.search(found["given"] or found["xml"] or b"")
        if charset:
            return charset[1].decode("ascii")
    return None
