"""The values of options that Click has no type for: sizes and encodings."""

import codecs

import click

_SHIFTS = {"": 0, "K": 10, "M": 20, "G": 30}
LARGEST_CAPTURE = 128
"""In MiB: an archive keeps no value of more than twice this, and a text may grow when decoded."""


class Size(click.ParamType[int]):
    """A number of bytes such as ``500K``, ``32M`` or ``100M`` (powers of 1,024)."""

    name = "size"

    def __init__(self, largest: int) -> None:
        """Take at most so many MiB."""
        self._largest = largest

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Read the number and its unit."""
        if isinstance(value, int):
            return value
        number, unit = value[:-1], value[-1:].upper()
        if unit.isdigit():
            number, unit = value, ""
        if not number.isdecimal() or unit not in _SHIFTS:
            self.fail(f"{value!r} is no size: write 500K, 32M or 100M", param, ctx)
        size = int(number) << _SHIFTS[unit]
        if not 0 < size <= self._largest << 20:
            self.fail(
                f"{value!r} is out of range: at least 1, at most {self._largest}M", param, ctx
            )
        return size


class Encoding(click.ParamType[str]):
    """The name of a text encoding that Python knows."""

    name = "name"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse an unknown name once, instead of failing every capture."""
        try:
            "".encode(codecs.lookup(value.strip()).name)
        except (LookupError, ValueError, UnicodeError):
            self.fail(f"{value!r} is unknown: write utf-8, gb18030, big5 or utf-16", param, ctx)
        return value.strip()
