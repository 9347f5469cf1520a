"""Questions about one article: what a ref names, its bytes, its versions, and why it is so.

Idea: a part of :class:`archive.store.Archive`, the Python API, in a file of its own; each call is
one reading transaction.
"""

from archive import lookup, ref, resolve, shown
from archive.compared import Change
from archive.errors import UsageError
from archive.results import (
    Article,
    CaptureFacts,
    Citation,
    ExplainedLine,
    Revision,
    Section,
)
from archive.session import OpenFile


class Showing(OpenFile):
    """What an open archive can be asked of the place that a ref names."""

    def article(self, text: str) -> Article:
        """The article that a ref names, with the sections it names, and the quote of a range.

        Raises:
            RefError: there is no such place, or the key's prefix is ambiguous.
        """
        with self._reading() as session:
            return shown.show(session, ref.parse(text))

    def section(self, text: str) -> Section:
        """The section that a ref such as ``12#3`` names.

        Raises:
            RefError: there is no such place.
            UsageError: the ref names no section, or several.
        """
        sections = self.article(text).sections
        if ref.parse(text).first is None or len(sections) != 1:
            raise UsageError(f"{text} does not name one section", hint="write it as 12#3")
        return sections[0]

    def cite(self, text: str) -> Citation:
        """What is needed to cite the place that a ref names; see :meth:`article`."""
        with self._reading() as session:
            return shown.cite(session, ref.parse(text))

    def raw(self, text: str) -> bytes:
        """The bytes of a capture, as they came; see :meth:`capture`."""
        with self._reading() as session:
            return resolve.find_capture(session, ref.parse(text)).data

    def capture(self, text: str) -> CaptureFacts:
        """What is known of the capture that a ref names.

        An id, or the article's own key, names the capture that the article was read from; the key
        of a duplicate names that one.

        Raises:
            RefError: there is no such capture, or the key's prefix is ambiguous.
        """
        with self._reading() as session:
            return shown.facts(resolve.find_capture(session, ref.parse(text)))

    def revisions(self, text: str) -> list[Revision]:
        """The versions of the article that a ref names, the oldest first.

        Raises:
            RefError: there is no such article, or the key's prefix is ambiguous.
        """
        with self._reading() as session:
            return lookup.revisions(session, ref.parse(text))

    def lines(self, text: str) -> list[ExplainedLine]:
        """Every line of a capture, its role, and the rule that gave it; see :meth:`capture`.

        The capture is read anew by the present reader.
        """
        from archive import explain  # noqa: PLC0415 - questions do not need the readers

        with self._reading() as session:
            return explain.lines(resolve.find_capture(session, ref.parse(text)))

    def diff(self, old: str, new: str, *, unchanged: bool = False) -> list[Change]:
        """What differs between two articles, or between sections of them.

        Args:
            old: a ref of an article or of sections; so is ``new``.
            new: see ``old``.
            unchanged: give the parts that do not differ too.

        Raises:
            RefError: one of the refs names nothing, or its key's prefix is ambiguous.
            UsageError: one of them names a range.
        """
        from archive import difference  # noqa: PLC0415 - as above

        refs = [ref.parse(text) for text in (old, new)]
        for one in refs:
            if one.start is not None:
                raise UsageError(f"{one} names a range", hint="name articles or sections")
        with self._reading() as session:
            articles = [shown.show(session, one) for one in refs]
        whole = all(one.first is None for one in refs)
        changes = difference.compare(*articles, whole=whole)
        return [one for one in changes if unchanged or one.differs]
