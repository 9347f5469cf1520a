"""Patterns that are asked only where a word that they need stands in the text.

Idea: to look for a word takes a twentieth of what it takes to search a line for a pattern that may
begin in many ways, and most lines have none of the words. Invariant: whatever the pattern finds
holds one of its clues, so that the answer is the same (the tests make what each of them finds).
"""

import re
from collections.abc import Iterator


class Clued:
    """A pattern, and its clues."""

    def __init__(self, pattern: str, *clues: str, flags: re.RegexFlag = re.NOFLAG) -> None:
        self.pattern = re.compile(pattern, flags)
        self.clues = clues

    def search(self, text: str) -> re.Match[str] | None:
        """Find the first place, as ``re.Pattern.search`` does."""
        for clue in self.clues:
            if clue in text:
                return self.pattern.search(text)
        return None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Find all places, as ``re.Pattern.finditer`` does."""
        for clue in self.clues:
            if clue in text:
                return self.pattern.finditer(text)
        return iter(())

    def split(self, text: str) -> list[str]:
        """Cut a text at all places, as ``re.Pattern.split`` does without groups."""
        for clue in self.clues:
            if clue in text:
                return self.pattern.split(text)
        return [text]
