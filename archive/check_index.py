"""The index against the rows: whether it holds what the stored text says, and nothing else.

Idea: FTS5 cannot tell of an index without content whether it fits its rows, so the tokens of every
section are made again and compared, each in its column and place, with what FTS5 gives out
(``fts5vocab``, one row a token in its place). That comes by term, not by section, and a sort of it
would need as much room as the index. So each section gets a sum of hashes, to which its text adds
and from which the index subtracts, in any order: 8 bytes a section, and what is left differs.

Invariants: nothing is written but into SQLite's temporary files, and none of it needs the memory of
more than a few sections at a time, but for those sums. The hash of a token in its place is Python's
own of the token, of 64 bits and under another key in each process, times a random number for the
place. (A hash of both at once would be added to no good end: Python's of a tuple is so nearly
linear that two tokens may change places and the sum stays.)
"""

import os
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from operator import mul

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from archive import database, fts, levels, reindex
from archive.bm25 import COLUMNS, LEVELS_VERSION
from archive.entry import Entry
from archive.errors import StorageError
from archive.models import Article, Section, SectionIndexVersion
from archive.reports import Finding, Progress
from archive.text import TEXT_VERSION

_PAGE_BITS = 12
_PAGE = 1 << _PAGE_BITS
_SLOT = _PAGE - 1
_MASK = (1 << 64) - 1
_TOLD = 100_000
"""After so many tokens progress is told again."""

INDEX = "index"
MEND = "archive db reindex makes it anew"


def version(session: Session) -> Iterator[Finding]:
    """That one version of the rules of ``text.py`` made the index, and which.

    What other rules noted of dense characters is no damage: it is not used.
    """
    found = session.scalars(select(SectionIndexVersion.version)).all()
    if list(found) != [TEXT_VERSION]:
        made = ", ".join(map(str, found)) or "none that it names"
        yield Finding(INDEX, f"made by rules {made}, this program has {TEXT_VERSION}; {MEND}")
    if not levels.are_usable(session):
        slow = "it has no note of dense characters that this program knows"
        yield Finding(INDEX, f"{slow}, so common words take longer; {MEND}", damage=False)


def structure(session: Session, progress: Progress) -> Iterator[Finding]:
    """What FTS5 itself says of its tables: pages, terms, links between them.

    It says so only of a table that can be written to; so it is asked of a temporary copy.
    """
    run = session.connection().exec_driver_sql
    progress("structure of the index", 0, 1)
    for name, ddl in fts.TABLES.items():
        copies = {f"section_index_copy_{part}": f"{name}_{part}" for part in fts.SHADOWS[name]}
        run(ddl.replace(name, "temp.section_index_copy", 1))
        try:
            for copy, table in copies.items():
                run(f"DELETE FROM temp.{copy}")  # noqa: S608 - names from above
                run(f"INSERT INTO temp.{copy} SELECT * FROM main.{table}")  # noqa: S608 - likewise
            run("INSERT INTO section_index_copy(section_index_copy) VALUES ('integrity-check')")
        except StorageError as error:
            reason = f"the structure of {name} was not checked: {error.message}"
            yield Finding(INDEX, reason, damage=False)
        finally:
            for copy in copies:
                run(f"DROP TABLE IF EXISTS temp.{copy}")
            run("DROP TABLE IF EXISTS temp.section_index_copy")


def terms(session: Session, progress: Progress) -> Iterator[Finding]:
    """That every term that the index holds is found when it is looked for.

    FTS5 does not check the way to its terms where it is missing (``section_index_idx``).
    """
    run = session.connection().exec_driver_sql
    progress("terms of the index", 0, 1)
    number = 0
    lost = (
        "SELECT count(*) FROM temp.section_index_terms a WHERE NOT EXISTS ("
        "SELECT 1 FROM temp.section_index_terms b "
        "WHERE b.term = a.term AND b.doc = a.doc AND b.cnt IS a.cnt)"
    )
    for name in fts.TABLES:
        run(f"CREATE VIRTUAL TABLE temp.section_index_terms USING fts5vocab(main, {name}, row)")
        try:
            number += run(lost).scalar_one()
        finally:
            run("DROP TABLE temp.section_index_terms")
    if number:
        yield Finding(INDEX, f"{number:,} of its terms are not found where they stand; {MEND}")


def side_table(session: Session) -> Iterator[Finding]:
    """That ``section_index_article`` leads from every section to its article, and from no other."""
    run = session.connection().exec_driver_sql
    wrong = (
        "SELECT s.id FROM section s LEFT JOIN section_index_article x ON x.section_id = s.id "
        "WHERE x.article_id IS NOT s.article_id OR x.alone IS NOT ("
        "SELECT count(*) = 1 FROM section o WHERE o.article_id = s.article_id)"
    )
    ghosts = (
        "SELECT x.section_id FROM section_index_article x LEFT JOIN section s "
        "ON s.id = x.section_id WHERE s.id IS NULL"
    )
    for (id_,) in run(wrong):
        yield _finding(session, id_, f"a search is led to another article, or to none; {MEND}")
    for (id_,) in run(ghosts):
        yield Finding(INDEX, f"section_index_article knows a section {id_} that is none; {MEND}")


def tokens(session: Session, progress: Progress) -> Iterator[Finding]:
    """That the entries hold the tokens of the stored text, in their columns and places."""
    connection, sums, weights = session.connection(), Sums(), _Weights()
    reached = Sums()
    totals = [0] * (1 + len(COLUMNS))
    kept = levels.rules(session)
    number = session.scalar(select(func.count()).select_from(Section)) or 0
    for rows in reindex.stored(session):
        for row in rows:
            sums.add(row.section, _of_text(row.entry, weights, totals))
            if kept == LEVELS_VERSION:
                reached.add(row.section, sum(map(hash, row.entry.levels.split())))
        progress("text", totals[0], number)
    total = sum(totals[1:])
    _subtract_sizes(connection, sums)
    _subtract_places(
        connection, sums, weights, lambda done: progress("index", done, max(done, total))
    )
    yield from _totals(connection, totals)
    for id_ in sums.left():
        yield _difference(session, id_)
    if kept in (None, LEVELS_VERSION):
        subtract_terms(connection, reached, "section_index_levels")
    for id_ in reached.left():
        yield _finding(session, id_, f"how dense its characters are is noted wrongly; {MEND}")


class Sums:
    """A sum modulo 2^64 for each row id, 0 at first; they lie in pages, for ids with gaps."""

    def __init__(self) -> None:
        self.pages: defaultdict[int, array[int]] = defaultdict(lambda: array("Q", bytes(8 * _PAGE)))

    def add(self, row: int, value: int) -> None:
        """Add a value to the sum of a row."""
        page, slot = self.pages[row >> _PAGE_BITS], row & _SLOT
        page[slot] = (page[slot] + value) & _MASK

    def left(self) -> Iterator[int]:
        """The ids whose sum is not 0."""
        for number, page in sorted(self.pages.items()):
            yield from ((number << _PAGE_BITS) + slot for slot, rest in enumerate(page) if rest)


class _Weights:
    """A random number of 64 bits for each place in each column, as far as any text reaches."""

    def __init__(self) -> None:
        self.of = {name: array("Q") for name in COLUMNS}
        self.beyond = int.from_bytes(os.urandom(8), "big")

    def reaching(self, column: str, places: int) -> "array[int]":
        """Those of a column, at least so many."""
        known = self.of[column]
        if len(known) < places:
            known.frombytes(os.urandom(8 * (places - len(known))))
        return known


def _of_text(entry: Entry, weights: _Weights, totals: list[int]) -> int:
    """The hash of a section's entry as its text makes it; the totals of all grow."""
    value, sizes = 0, []
    for place, (name, text) in enumerate(zip(COLUMNS, entry.columns, strict=True), 1):
        found = text.split()
        value += sum(map(mul, map(hash, found), weights.reaching(name, len(found))))
        totals[place] += len(found)
        sizes.append(len(found))
    totals[0] += 1
    return value + _of_sizes(sizes)


def _of_sizes(sizes: Iterable[int]) -> int:
    return hash(("sizes", *sizes))


def _subtract_sizes(connection: Connection, sums: Sums) -> None:
    """What FTS5 keeps beside the tokens: how many each column has."""
    for id_, sizes in database.rows(connection, "SELECT id, sz FROM section_index_docsize"):
        sums.add(id_, -_of_sizes(_varints(sizes)))


def _subtract_places(
    connection: Connection, sums: Sums, weights: _Weights, progress: Callable[[int], None]
) -> None:
    """Every token in its place, as the index gives them out, by term."""
    connection.exec_driver_sql(
        "CREATE VIRTUAL TABLE temp.section_index_held "
        "USING fts5vocab(main, section_index, instance)"
    )
    try:
        pages, known, beyond = sums.pages, weights.of, weights.beyond
        places = "SELECT term, doc, col, offset FROM temp.section_index_held"
        held = enumerate(database.rows(connection, places), 1)
        for done, (term, row, column, place) in held:
            page, slot = pages[row >> _PAGE_BITS], row & _SLOT
            of_column = known[column]
            weight = of_column[place] if place < len(of_column) else beyond
            page[slot] = (page[slot] - hash(term) * weight) & _MASK
            if done % _TOLD == 0:
                progress(done)
    finally:
        connection.exec_driver_sql("DROP TABLE temp.section_index_held")


def subtract_terms(connection: Connection, sums: Sums, table: str) -> None:
    """Every term that an FTS5 table without places notes of a row."""
    connection.exec_driver_sql(
        f"CREATE VIRTUAL TABLE temp.section_index_noted USING fts5vocab(main, {table}, instance)"
    )
    try:
        noted = "SELECT term, doc FROM temp.section_index_noted"
        for term, row in database.rows(connection, noted):
            sums.add(row, -hash(term))
    finally:
        connection.exec_driver_sql("DROP TABLE temp.section_index_noted")


def _totals(connection: Connection, totals: list[int]) -> Iterator[Finding]:
    """FTS5's own totals, by which it ranks: how many entries, how many tokens a column."""
    found = connection.exec_driver_sql("SELECT block FROM section_index_data WHERE id = 1").scalar()
    kept = _varints(found) or [0] * len(totals)
    if kept != totals:
        yield Finding(INDEX, f"its totals, by which hits are ranked, are wrong; {MEND}")


def _varints(data: object) -> list[int]:
    """The numbers in what FTS5 keeps: 7 bits a byte, the highest first, the last without mark.

    So https://www.sqlite.org/fileformat2.html#varint; numbers of 9 bytes do not occur here.
    """
    numbers, number = [], 0
    for byte in data if isinstance(data, bytes) else b"":
        number = (number << 7) | (byte & 0x7F)
        if number >> 64:
            return []
        if byte < 0x80:  # noqa: PLR2004 - the mark that more bytes follow
            numbers.append(number)
            number = 0
    return numbers


def _difference(session: Session, id_: int) -> Finding:
    known = session.connection().exec_driver_sql(
        "SELECT 1 FROM section_index_docsize WHERE id = ?", (id_,)
    )
    if session.get(Section, id_) is None:
        return Finding(INDEX, f"it holds an entry {id_} of no section; {MEND}")
    if known.first() is None:
        return _finding(session, id_, f"the section has no entry; {MEND}")
    return _finding(session, id_, f"its entry does not hold the tokens of its text; {MEND}")


def _finding(session: Session, section: int, reason: str) -> Finding:
    """A finding on a section, with the names of its place."""
    place = session.execute(
        select(Article.id, Article.key, Section.number)
        .join(Section, Section.article_id == Article.id)
        .where(Section.id == section)
    ).first()
    article, key, number = place or (None, None, None)
    return Finding(INDEX, reason, article=article, key=key, section=number)
