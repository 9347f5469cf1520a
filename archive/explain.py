"""Why an article is what it is: each line of its capture with its role and rule.

Nothing of this is stored: the kept bytes are decoded as they were when they came, and read again by
the present reader. Invariant: the lines cover the capture whole, so what was dropped can be seen.
"""

from archive import capture as readers
from archive.models import Capture as CaptureRow
from archive.reread import kept
from archive.results import ExplainedLine


def lines(row: CaptureRow) -> list[ExplainedLine]:
    """The lines of a stored capture."""
    _, article = readers.read(kept(row), encoding=row.encoding)
    return [
        ExplainedLine(
            line=line.number,
            start=line.span[0],
            end=line.span[1],
            role=line.role.value,
            rule=line.rule,
            kept=line.role.kept,
            section=line.section,
            paragraph=line.paragraph,
            text=line.text,
        )
        for line in article.lines
    ]
