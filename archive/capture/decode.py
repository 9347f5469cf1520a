"""Bytes to characters: which encoding a capture is in, found by evidence in a fixed order.

1. a byte order mark; 2. the bytes of UTF-16 or UTF-32 without one; 3. strict UTF-8, and the
declared charset where it decodes; 4. of GB18030, Big5 and the declared charset the reading with the
greatest share of common characters; 5. the same with broken bytes replaced.

A ladder that stops at the first codec that does not fail would never do: GB18030 accepts nearly
every Big5 text.

Invariant: nothing is decoded silently wrong. Every replacement character put in is counted in
:attr:`Decoded.replaced`, and :attr:`Decoded.evidence` says how the encoding was found.
"""

import codecs
import re

from archive.capture.common import common_share
from archive.capture.parsed import Decoded
from archive.errors import CaptureError

# UTF-32 before UTF-16: the little-endian mark of the one begins with that of the other.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_SAMPLE = 1 << 16
"""Bytes that are looked at to score a reading; more did not change one decision in trials."""

_HEAD = 1 << 12
"""Bytes that are looked at to recognise UTF-16 and UTF-32."""

_UNCERTAIN = 0.1
"""A reading whose score beats the next by less is reported as uncertain."""

_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030"}
"""Pages declare the subset and use the whole; the superset reads both alike."""

_STRAY = 3
"""So many replacement characters one broken byte may cause before reading is in step again."""

_LATIN = re.compile("[ -~\r\n\t]")
_UTF16 = ("utf-16-le", "utf-16-be")
_MOST, _SOME = 0.9, 0.5
"""Shares of bytes that are as a wide encoding has them, and at most are where it has letters."""

_UNIT = 4
"""Bytes of one UTF-32 unit; fewer tell nothing."""

_READABLE = 0.4
"""Real Chinese scores 0.6 and more, bytes paired wrongly under 0.2."""

# High bytes of the UTF-16 units that Chinese text is made of: Latin, general and CJK
# punctuation, the unified Han block, full-width forms.
_HIGH = bytes((0x00, 0x20, 0x30, 0xFF, *range(0x4E, 0xA0)))


def decode(
    data: bytes,
    *,
    declared: str | None = None,
    override: str | None = None,
    begins_ascii: bool = False,
) -> Decoded:
    """Read bytes as text; never fails on bytes, whatever they are.

    Args:
        data: the capture's own bytes.
        declared: the charset that the carrier names (HTTP header, meta tag). It is believed if it
            decodes and no other reading is clearly better; an unknown name is ignored.
        override: an encoding the user insists on; used without looking at anything else.
        begins_ascii: whether the first two characters are ASCII, as those of JSON are.

    Raises:
        CaptureError: ``override`` names no text encoding that Python knows.
    """
    if override is not None:
        codec = _codec(override)
        if codec is None:
            raise CaptureError(
                f"unknown encoding {override!r}",
                hint="name one that Python knows, such as utf-8, gb18030, big5 or utf-16",
            )
        return _read(data, codec, "override")
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _read(data[len(mark) :], codec, "bom")
    narrow = begins_ascii and data[:2].isascii() and 0 not in data[:2]
    wide = None if narrow else _wide(data)
    if wide is not None:
        return _read(data, wide, "byte pattern")
    return _narrow(data, _codec(declared) if declared else None)


def _codec(name: str) -> str | None:
    """Give Python's canonical name of a text encoding, or None if there is none by that name."""
    try:
        info = codecs.lookup(name.strip())
        "".encode(info.name)
    except (LookupError, ValueError, UnicodeError):
        return None
    return _SUPERSETS.get(info.name, info.name)


def _read(data: bytes, codec: str, evidence: str) -> Decoded:
    try:
        return Decoded(data.decode(codec), codec, evidence)
    except UnicodeError:
        text = data.decode(codec, "replace")
    # Replacement characters that the capture itself holds are its own, not ours.
    own = data.count("\ufffd".encode()) if codec == "utf-8" else 0
    return Decoded(text, codec, evidence, max(0, text.count("\ufffd") - own))


def _wide(data: bytes) -> str | None:
    """Recognise UTF-16 or UTF-32 without a mark by the bytes at each position of a unit."""
    if len(data) < _UNIT or (data.isascii() and b"\0" not in data):
        return None
    sample = data[:_HEAD]
    if b"\0" in sample:
        zeros = [sample[place::4].count(0) / len(sample[place::4]) for place in range(4)]
        if min(zeros[2], zeros[3]) > _MOST and zeros[0] < _SOME:
            return "utf-32-le"
        if min(zeros[0], zeros[1]) > _MOST and zeros[3] < _SOME:
            return "utf-32-be"
    if _has_odd_bytes(sample):
        return None
    half = len(sample) // 2
    # One stray byte shifts every unit behind it: then the part before it still shows the codec, or
    # the part behind it does, one byte on.
    parts = (sample, sample[:half], sample[half & ~1 :], sample[half | 1 :])
    return next((codec for part in parts for codec in _UTF16 if _is_utf16(part, codec)), None)


def _has_odd_bytes(sample: bytes) -> bool:
    """Tell whether no part is UTF-16 by a quarter of each half, which is enough for most UTF-8.

    Each byte of a unit is, at the even and at the odd places there, more often not as UTF-16 has
    it than is forgiven in the whole sample.
    """
    quarter, half = len(sample) // 4, len(sample) // 2 | 1
    most = (1 - _MOST) * (len(sample) + 1) / 2
    return all(
        len(sample[start : stop + quarter : 2].translate(None, delete=_HIGH)) > most
        for start, stop in ((0, 0), (1, 0), (half, half), (half + 1, half))
    )


def _is_utf16(part: bytes, codec: str) -> bool:
    high = part[codec == "utf-16-le" :: 2]
    if not high or len(high.translate(None, delete=_HIGH)) > (1 - _MOST) * len(high):
        return False
    text = part[: len(part) & ~1].decode(codec, "replace")
    return len(_LATIN.findall(text)) > 0.7 * len(text) or common_share(text) > _READABLE


def _narrow(data: bytes, declared: str | None) -> Decoded:
    """Choose between UTF-8, the declared charset, GB18030 and Big5."""
    utf8: Decoded | None = None
    try:
        utf8 = Decoded(data.decode("utf-8"), "utf-8", "utf-8")
    except UnicodeDecodeError as broken:
        # Cut in the middle of its last character: all before it is proof enough.
        if broken.reason == "unexpected end of data" and not data[: broken.start].isascii():
            return _read(data, "utf-8", "utf-8, cut short")
    if utf8 is not None and (declared in (None, "utf-8", "ascii") or utf8.text.isascii()):
        return utf8
    codec_names = dict.fromkeys(filter(None, (declared, "utf-8", "gb18030", "big5")))
    scores = {codec: _score(data[:_SAMPLE], codec) for codec in codec_names}
    best = max(scores, key=lambda codec: scores[codec])
    if declared is not None and scores[declared] >= scores[best] - _UNCERTAIN:
        return _read(data, declared, "declared")
    if best == "utf-8" and utf8 is not None:
        return utf8
    margin = scores[best] - max(score for codec, score in scores.items() if codec != best)
    evidence = "common characters" + (", uncertain" if margin < _UNCERTAIN else "")
    found = _read(data, best, evidence)
    if best == "big5" and found.replaced > _STRAY:
        # Web pages call Big5 with Hong Kong's additions Big5 as well.
        wider = _read(data, "big5hkscs", evidence)
        return found if wider.replaced else wider
    return found


def _score(sample: bytes, codec: str) -> float:
    """Score the whole reading; of a broken one also the halves, and take the best.

    One stray byte can pair all double bytes behind it wrongly; the half that it spares tells.
    """
    text = sample.decode(codec, "replace")
    score = common_share(text)
    if "\ufffd" not in text or score > _READABLE:
        return score
    half = len(text) // 2
    halves = [part for part in (text[:half], text[half:]) if not part.isascii()]
    return max(score, *(common_share(part) - _UNCERTAIN for part in halves))
