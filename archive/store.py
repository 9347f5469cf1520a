"""The archive as one object: the Python API, which the command line calls too.

Idea: each call is one transaction of :mod:`archive.session`, and hands the work to the module that
knows it. Invariant: captures, articles, sections and index entries of a batch are committed
together, so no half article is ever visible.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from archive import filters, lookup, models, ref, resolve, search, shown
from archive.asking import Asking, parsed, understood
from archive.comparing import Comparing
from archive.errors import UsageError
from archive.exchange import Exchange
from archive.keeping import Keeping
from archive.query import Query, Question
from archive.reports import DatabaseStatus, Failure, Outcome, Reread
from archive.results import Article, Hit, ListedArticle, ListedSection
from archive.search import Page
from archive.showing import Showing

if TYPE_CHECKING:
    from threading import Event

    from archive.capture.mapping import Fields
    from archive.ingest import Hashed, Item, Known


class Archive(Asking, Showing, Comparing, Keeping, Exchange):
    """An open archive; use it in a ``with`` statement, or call :meth:`close`.

    Example::

        with Archive.open("news.db", create=True) as archive:
            for outcome in archive.ingest(["captures"]):
                print(outcome.status, outcome.path)
            print(archive.search("改革 书记"))
    """

    # Putting in and taking out

    def ingest(
        self,
        paths: Iterable[str],
        *,
        encoding: str | None = None,
        max_bytes: int | None = None,
        fields: "Fields | None" = None,
        jobs: int | None = None,
        stop: "Event | None" = None,
    ) -> Generator[Outcome, None, None]:
        """Store the captures that files, folders, globs or ``-`` name.

        Arguments and outcomes are those of :func:`archive.ingest.ingest`.
        """
        from archive.capture.files import MAX_BYTES  # noqa: PLC0415 - questions do without readers
        from archive.ingest import ingest  # noqa: PLC0415 - likewise

        return ingest(
            self,
            paths,
            encoding=encoding,
            max_bytes=max_bytes or MAX_BYTES,
            fields=fields,
            jobs=jobs,
            stop=stop,
        )

    def known(self, asked: "Sequence[Hashed]") -> "list[Outcome | Known | None]":
        """What the archive knows of each capture, before it is read; None where it is new.

        It is an outcome where the archive has it from this very path.
        """
        from archive.known import known  # noqa: PLC0415 - as above

        with self._reading() as session:
            return known(session, asked)

    def add(self, items: Sequence["Item"]) -> list[Outcome]:
        """Store a batch in one transaction, if there is anything to write; one outcome an item.

        Raises:
            StorageError, DatabaseError: nothing of the batch was kept.
        """
        from archive.known import have_failed  # noqa: PLC0415 - as above

        outcomes = [item for item in items if isinstance(item, Outcome)]
        if len(outcomes) == len(items):
            with self._reading() as session:
                if not have_failed(session, (one.path for one in outcomes)):
                    return outcomes
        from archive import writing  # noqa: PLC0415 - as above

        with self._writing() as session:
            return writing.add(session, items)

    def remove(self, *texts: str) -> list[Article]:
        """Remove articles: rows, index entries and the captures' bytes; returns what was removed.

        The pages they stood on are overwritten, and the write-ahead log is emptied.

        Raises:
            RefError: one of the refs names nothing; then nothing is removed.
            UsageError: one of them names a section.
        """
        from archive import index, writing  # noqa: PLC0415 - as above

        wanted = [ref.parse(text) for text in texts]
        for one in wanted:
            if one.first is not None:
                raise UsageError(f"{one} names a section; only whole articles can be removed")
        with self._writing(empty_log=True) as session:
            removed = {one.id: one for one in (shown.show(session, r) for r in wanted)}
            for id_ in removed:
                writing.remove(session, id_)
            index.merge(session)
        return list(removed.values())

    def reread(self, *texts: str, dry_run: bool = False) -> Iterator[Reread]:
        """Read kept captures anew with the present reader; ids and keys stay.

        Args:
            texts: refs of articles; none means all.
            dry_run: only tell what would change.

        Yields:
            What changed, one value an article, after it was stored.

        Raises:
            RefError: one of the refs names nothing; then nothing is read.
        """
        from archive.reread import reread  # noqa: PLC0415 - questions do not need the readers

        with self._reading() as session:
            ids = [resolve.find(session, ref.parse(text)).id for text in texts]
            ids = ids or lookup.ids(session)
        begin = self._reading if dry_run else self._writing
        for batch in _batches(ids):
            with begin() as session:
                found = [
                    reread(session, session.get_one(models.Article, id_), dry_run=dry_run)
                    for id_ in batch
                ]
            yield from found

    # Asking

    def failed_files(self) -> list[str]:
        """The files to ingest again, each once: of a failed member or record its container."""
        files = (_file_of(failure.path) for failure in self.failures())
        return [file for file in dict.fromkeys(files) if file != "-"]

    def failures(self) -> list[Failure]:
        """The paths that gave no article when they were last ingested, and why."""
        with self._reading() as session:
            return lookup.failures(session)

    def articles(
        self,
        *,
        source: str | None = None,
        channel: str | None = None,
        date: str | None = None,
        sort: str = "id",
        limit: int | None = None,
        offset: int = 0,
        revisions: bool = False,
    ) -> list[ListedArticle]:
        """A page of the list of articles.

        Args:
            source: the publisher holds this text; ``channel``: a step of the breadcrumb does.
            channel: see ``source``.
            date: published then, as in a query: ``2018``, ``2018-10..2018-12``, ``>=2018-10-01``.
            sort: ``id``, ``newest``, ``oldest``, ``source`` or ``title``.
            limit: how many at the most; ``None`` for all.
            offset: how many to pass over first.
            revisions: list older versions too.

        Raises:
            QueryError: the date cannot be understood.
            UsageError: there is no such order.
        """
        with self._reading() as session:
            wanted = {"source": source, "channel": channel, "date": date}
            conditions = [
                filters.condition(session, filters.asked(field, value))
                for field, value in wanted.items()
                if value is not None
            ]
            if not revisions:
                conditions.append(lookup.CURRENT)
            return lookup.articles(session, conditions, sort=sort, limit=limit, offset=offset)

    def sections(
        self, text: str | None = None, *, heading: str | None = None
    ) -> list[ListedSection]:
        """The sections of the article that a ref names, or those whose heading holds a text.

        ``heading`` is matched exactly as ``search`` does; with a ref both must hold. Without a ref
        older versions are left out.

        Raises:
            RefError: there is no such article.
            QueryError: the heading has no letter, number or Han character.
        """
        with self._reading() as session:
            conditions = []
            if text is not None:
                conditions.append(lookup.within(session, ref.parse(text)))
            else:
                conditions.append(lookup.CURRENT)
            if heading is not None:
                conditions.append(search.headed(heading))
            return lookup.sections(session, conditions)

    def search(
        self,
        query: str | Query | Question,
        *,
        match: str = "all",
        unit: str = "article",
        sort: str = "relevance",
        limit: int | None = 20,
        offset: int = 0,
        after: str | None = None,
        strict: bool = False,
        revisions: bool = False,
    ) -> list[Hit]:
        """The articles, or sections, that a query matches (docs/query.md).

        Args:
            query: the query, as typed or parsed.
            match: ``all`` that the query asks for; or ``any``: it is a question in plain words, and
                the 100 sections that share most of its wording are ranked.
            unit: ``article``: the words stand anywhere in one; ``section`` or ``paragraph``: in the
                same one, and hits are sections. Not ``paragraph`` with ``any``.
            sort: ``relevance``, ``newest``, ``oldest``, or by the name of the ``source``, of each
                the newest first; what has no date or names no source comes last. Only the first
                with ``any``.
            limit: how many at the most; ``None`` for all.
            offset: how many to pass over first.
            after: the ``cursor`` of a hit, to go on behind it: no hit is repeated or passed over,
                whatever is stored between two pages. Not with ``any``.
            strict: characters must stand as typed: case, width, traditional or simplified. Not with
                ``any``.
            revisions: search older versions too.

        Raises:
            QueryError: the query cannot be understood; it tells the place.
            UsageError: no such unit, order or way to match, or they do not go together.
        """
        page = Page(
            unit=unit,
            sort=sort,
            limit=limit,
            offset=offset,
            after=after,
            strict=strict,
            revisions=revisions,
        )
        with self._reading() as session:
            return search.search(session, understood(query, match), page)

    def count(
        self,
        query: str | Query | Question,
        *,
        unit: str = "article",
        strict: bool = False,
        revisions: bool = False,
    ) -> int:
        """How many articles, or sections, a query matches; see :meth:`search`; no question."""
        with self._reading() as session:
            return search.count(
                session, understood(query), unit=unit, strict=strict, revisions=revisions
            )

    def absent(
        self, query: str | Query, *, strict: bool = False, revisions: bool = False
    ) -> list[str]:
        """The terms of a query that find nothing by themselves; see :meth:`search`."""
        with self._reading() as session:
            absent = search.absent(session, parsed(query), strict=strict, revisions=revisions)
            return [str(term) for term in absent]

    def status(self) -> DatabaseStatus:
        """Counts, sizes and versions of the archive."""
        with self._reading() as session:
            return lookup.status(session, self.path)


def _file_of(path: str) -> str:
    """The file that a path leads into: ``a.zip`` of ``a.zip!b.txt``, unless a file is named so."""
    outer = path
    while "!" in outer and not Path(outer).exists():
        outer = outer.rpartition("!")[0]
    return outer if Path(outer).exists() else path


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """The ids in the portions that one transaction rereads."""
    return (ids[start : start + _REREAD] for start in range(0, len(ids), _REREAD))


_REREAD = 100
