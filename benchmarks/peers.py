"""What else people search Chinese with, each used as it is meant to be used.

Every peer indexes the same texts and answers the same three questions: how many texts hold a run of
characters, the 20 best, the 20 newest. All but tantivy and ripgrep are SQLite, asked through the
standard library's module, with no session and no snippets in between.
"""

import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path

import tantivy

Document = tuple[str, str]
"""Date and text."""


class Peer:
    """A way to search; ``index_bytes`` is what it adds to the stored text."""

    name = ""
    answers: tuple[str, ...] = ("count", "best", "newest")

    def build(self, documents: Sequence[Document]) -> None:
        raise NotImplementedError

    def index(self) -> None:
        raise NotImplementedError

    def index_bytes(self) -> int:
        raise NotImplementedError

    def found(self, query: str) -> set[int]:
        raise NotImplementedError

    def count(self, query: str) -> int:
        raise NotImplementedError

    def best(self, query: str) -> list[int]:
        raise NotImplementedError

    def newest(self, query: str) -> list[int]:
        raise NotImplementedError


class Sqlite(Peer):
    """A table of texts; subclasses say how it is indexed and asked."""

    fts = ""

    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / f"{self.name}.db")
        self._db.execute("CREATE TABLE docs(id INTEGER PRIMARY KEY, date TEXT, text TEXT)")

    def build(self, documents: Sequence[Document]) -> None:
        rows = ((n, *document) for n, document in enumerate(documents))
        self._db.executemany("INSERT INTO docs VALUES (?, ?, ?)", rows)
        self._db.execute("CREATE INDEX docs_date ON docs(date)")
        self._db.commit()

    def index(self) -> None:
        """Build the index over the stored texts; only this is timed as building."""
        if self.fts:
            self._db.executescript(self.fts)
            self._db.execute("INSERT INTO docs_fts(docs_fts) VALUES ('rebuild')")
            self._db.commit()

    def index_bytes(self) -> int:
        sizes = "SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name LIKE 'docs_fts%'"
        return int(self._db.execute(sizes).fetchone()[0])

    def _all(self, sql: str, query: str) -> list[int]:
        return [row[0] for row in self._db.execute(sql, (self.asked(query),))]

    def asked(self, query: str) -> str:
        return '"' + query.replace('"', '""') + '"'

    def found(self, query: str) -> set[int]:
        return set(self._all("SELECT rowid FROM docs_fts WHERE docs_fts MATCH ?", query))

    def count(self, query: str) -> int:
        return self._all("SELECT count(*) FROM docs_fts WHERE docs_fts MATCH ?", query)[0]

    def best(self, query: str) -> list[int]:
        sql = "SELECT rowid FROM docs_fts WHERE docs_fts MATCH ? ORDER BY rank LIMIT 20"
        return self._all(sql, query)

    def newest(self, query: str) -> list[int]:
        sql = (
            "SELECT id FROM docs WHERE id IN (SELECT rowid FROM docs_fts WHERE docs_fts MATCH ?)"
            " ORDER BY date DESC LIMIT 20"
        )
        return self._all(sql, query)


class Like(Sqlite):
    name = "LIKE scan"
    answers = ("count", "newest")

    def asked(self, query: str) -> str:
        return f"%{query}%"

    def found(self, query: str) -> set[int]:
        return set(self._all("SELECT id FROM docs WHERE text LIKE ?", query))

    def count(self, query: str) -> int:
        return self._all("SELECT count(*) FROM docs WHERE text LIKE ?", query)[0]

    def newest(self, query: str) -> list[int]:
        sql = "SELECT id FROM docs WHERE text LIKE ? ORDER BY date DESC LIMIT 20"
        return self._all(sql, query)


class Unicode61(Sqlite):
    """What sqlite-utils' enable-fts and Datasette give."""

    name = "FTS5 unicode61"
    fts = "CREATE VIRTUAL TABLE docs_fts USING fts5(text, content=docs, content_rowid=id)"


class Trigram(Sqlite):
    name = "FTS5 trigram"
    fts = (
        "CREATE VIRTUAL TABLE docs_fts USING"
        " fts5(text, content=docs, content_rowid=id, tokenize='trigram')"
    )


class Tantivy(Peer):
    """Tantivy over character pairs cut beforehand, asked by phrase."""

    name = "tantivy bigrams"

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "tantivy"
        self._folder.mkdir()
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("text", tokenizer_name="whitespace", index_option="position")
        schema.add_unsigned_field("id", stored=True, fast=True, indexed=True)
        schema.add_unsigned_field("date", fast=True)
        self._index = tantivy.Index(schema.build(), path=str(self._folder))
        self._documents: Sequence[Document] = ()

    def build(self, documents: Sequence[Document]) -> None:
        self._documents = documents

    def index(self) -> None:
        writer = self._index.writer(heap_size=256_000_000, num_threads=1)
        for n, (date, text) in enumerate(self._documents):
            day = int(date.replace("-", ""))
            document = tantivy.Document(text=[" ".join(pairs(text))])
            document.add_unsigned("id", n)
            document.add_unsigned("date", day)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def index_bytes(self) -> int:
        return sum(file.stat().st_size for file in self._folder.iterdir())

    def _query(self, query: str) -> tantivy.Query:
        words = pairs(query)
        schema = self._index.schema
        if len(query) == 1:
            return tantivy.Query.regex_query(schema, "text", f"{query}.?|.{query}")
        if len(words) == 1:
            return tantivy.Query.term_query(schema, "text", words[0])
        return tantivy.Query.phrase_query(schema, "text", list(words))

    def found(self, query: str) -> set[int]:
        hits = self._searcher.search(self._query(query), limit=len(self._documents)).hits
        return {self._searcher.doc(address)["id"][0] for _, address in hits}

    def count(self, query: str) -> int:
        return int(self._searcher.search(self._query(query), limit=1, count=True).count or 0)

    def best(self, query: str) -> list[int]:
        hits = self._searcher.search(self._query(query), limit=20).hits
        return [self._searcher.doc(address)["id"][0] for _, address in hits]

    def newest(self, query: str) -> list[int]:
        hits = self._searcher.search(self._query(query), limit=20, order_by_field="date").hits
        return [self._searcher.doc(address)["id"][0] for _, address in hits]


def pairs(text: str) -> list[str]:
    """The neighbouring characters of a text, white space left out; one character stays alone."""
    joined = "".join(text.split()).lower()
    return [joined[n : n + 2] for n in range(max(1, len(joined) - 1))]


class Ripgrep(Peer):
    """One text a line; it neither ranks nor knows dates."""

    name = "ripgrep"
    answers = ("count",)

    def __init__(self, folder: Path) -> None:
        self._file = folder / "texts.txt"

    def build(self, documents: Sequence[Document]) -> None:
        with self._file.open("w", encoding="utf-8") as file:
            file.writelines(" ".join(text.split()) + "\n" for _, text in documents)

    def index(self) -> None:
        """Nothing to build."""

    def index_bytes(self) -> int:
        return 0

    def _run(self, query: str, option: str) -> str:
        command = ["rg", "--no-config", "-i", "-F", option, "-e", query, str(self._file)]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    def found(self, query: str) -> set[int]:
        lines = self._run(query, "-n").splitlines()
        return {int(line.split(":", 1)[0]) - 1 for line in lines}

    def count(self, query: str) -> int:
        return int(self._run(query, "-c") or 0)


def peers(folder: Path) -> list[Peer]:
    """The peers, ripgrep where it is installed."""
    found: list[Peer] = [Like(folder), Unicode61(folder), Trigram(folder), Tantivy(folder)]
    if shutil.which("rg"):
        found.append(Ripgrep(folder))
    return found
