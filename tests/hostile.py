"""Query strings that nobody means well: for the parser alone, and for a whole archive."""

import pieces
from hypothesis import strategies as st

_MARKS = "\"“”「」『』＂()（）|｜ \u3000=?*＊^+-－–,;:：'{}[]<>~\\/%_"
_WORDS = (
    *(
        "改革",
        "的",
        "一",
        "LED",
        "econ*",
        "NEAR",
        "NEAR/3",
        "NEAR/99999",
        "AND",
        "OR",
        "NOT",
        "not",
    ),
    *("title:", "标题：", "body:", "source:", "source:=", "channel:?", "path:", "foo:", "date:"),
    *("date:2018", "date:>=2018-10", "date:..", "2018-10..2018-12", "date:9999..0001"),
    *("NEAR(甲 乙, 2)", "NEAR(", "body MATCH", "{title heading} :", "- title :", "^a", '"a" + "b"'),
    *("rank", "rowid", "section_index", "'; DROP TABLE section; --", "*", "%", "json_each(?)"),
    *(
        "\x00",
        "\ud800",
        "\udfff",
        "\ufeff",
        "\u200b",
        "\u202e",
        "\n",
        "\x1b[31m",
        "𠀀",
        "é",
        "か゛",
    ),
    *("(((", ")))", "-(", "NOT NOT", "- -", "甲乙" * 300, "x" * 300, "·", "?", "::"),
)
_PIECES = [*_WORDS, *_MARKS, "🃏"]

soups = pieces.texts(_PIECES, 25)
"""Operators, quotation marks, fields and raw FTS5 in any order."""

spaced = pieces.texts(_PIECES, 15, " ")
"""The same as words of their own, which more often can be understood."""

_TERMS = [
    *(
        "改",
        "革",
        "的",
        "LED",
        "l*",
        '"改 革"',
        "title:改",
        "heading:革",
        "date:2018",
        "source:?",
    ),
    *("source:新", "path:1*", "改 NEAR/2 革", "body:(改 NEAR 革)", '"，"', "😀", "\ud800改"),
]
_JOINED = ["{} {}", "{} OR {}", "({} {})", "({} OR {})", "{} NOT {}", "({}) -({})"]


def _tree(data: bytes) -> str:
    """Each byte is a term, or joins what stands before it."""
    parts: list[str] = []
    for byte in data:
        number = byte >> 1
        if byte % 2 and len(parts) > 1:
            right, left = parts.pop(), parts.pop()
            parts.append(_JOINED[number % len(_JOINED)].format(left, right))
        else:
            parts.append(_TERMS[number % len(_TERMS)])
    return " ".join(parts)


nested = st.binary(min_size=1, max_size=20).map(_tree)
"""Trees that can be understood, of every kind of node."""

strings = soups | spaced | nested | st.text(max_size=40)
"""Any of these, or any string at all."""

long_ones = (
    "(" * 100_000,
    "(" * 20_000 + "甲" + ")" * 20_000,
    "(" * 50 + "甲" + ")" * 50,
    "NOT " * 16_000 + "甲",
    "-" * 60_000 + "甲",
    "-(" * 20_000,
    "a NEAR/3 " * 7_000,
    "title:" * 10_000,
    "title:(" * 9_000,
    '"' * 65_000,
    "“" * 20_000,
    "a:" * 30_000,
    "* " * 30_000,
    "。 " * 16_000,
    "甲 " * 100_000,
    " OR ".join(f"x{n}" for n in range(100_000)),
    "x" * 1_000_000,
    "改" * 1_000_000,
    "改" * 20_000,
    "x" * 60_000,
    "a:b " * 1_000,
    "\u200b" * 20_000,
    "·" * 30_000,
    "\x00" * 60_000,
    "date:" + "9" * 60_000,
    "date:" + "." * 60_000,
    " ".join(chr(0x4E00 + n) for n in range(1_000)),
    " OR ".join(chr(0x4E00 + n) for n in range(1_000)),
    " ".join(f"-{chr(0x4E00 + n)}" for n in range(1_000)),
    " OR ".join(f"-{chr(0x4E00 + n)}" for n in range(1_000)),
    " ".join(f"{chr(0x4E00 + n)}*" for n in range(1_000)),
    " ".join(f"x{n}*" for n in range(1_000)),
    " OR ".join(f"source:{n}" for n in range(60)),
    " ".join(f"-date:{1000 + n}" for n in range(60)),
    " OR ".join(f"(改 NEAR/{n} 革)" for n in range(20)),
    " ".join(f"(改 OR (革 -{chr(0x4E00 + n)}))" for n in range(300)),
    "(改 OR NOT " * 50 + "革" + ")" * 50,
)
"""Long ones, at and past every limit."""
