"""The element that holds the body: what stands in another one is hardly part of it.

The body's container is the deepest element that holds nearly all of the running text found in the
body. Short lines outside it are furniture (share buttons above, links below), and so is running
text behind it that is set in other elements than the body's (comments, summaries of other pages).
Text before it may be the article's summary. Plain text has no elements, and nothing is outside.
"""

from collections import Counter, defaultdict

from archive.capture.evidence import Evidence

_SHARE = 0.8
"""Of the body's running text, the share that its container holds."""

_FEWEST = 2
"""Fewer lines of running text tell nothing."""


def mark_outside(body: list[Evidence]) -> None:
    """Set :attr:`Evidence.outside` on the lines of the body that its container does not hold."""
    prose = [line for line in body if line.prose and not line.repeat]
    if len(prose) < _FEWEST or not prose[0].line.within:
        return
    container = _container(prose)
    inside = [place for place, line in enumerate(body) if container in line.line.within]
    tags = Counter(line.line.tag for line in prose if container in line.line.within)
    usual = tags.most_common(1)[0][0]
    for place, line in enumerate(body):
        named = line.line.caption or line.words.credit or line.words.byline or line.words.editor
        if container in line.line.within or named:
            continue
        behind = place > inside[-1] and line.line.tag != usual
        line.outside = behind if line.prose else line.label is None


def _container(prose: list[Evidence]) -> int:
    """Find the deepest element that holds enough; the page's own element holds all."""
    held: defaultdict[int, float] = defaultdict(float)
    for line in prose:
        for element in line.line.within:
            held[element] += line.weight
    enough = _SHARE * sum(line.weight for line in prose)
    holding = [
        element
        for line in prose
        for element in reversed(line.line.within)
        if held[element] >= enough
    ]
    return holding[0] if holding else prose[0].line.within[0]
