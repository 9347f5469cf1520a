"""However captures come in batches, the archive is the same, and a batch costs a few statements."""

import shutil
from pathlib import Path
from typing import Any

from alike import CHANGED, DAY, OTHER, TEXT, URL, capture, one_by_one, told
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import article, item, section
from sqlalchemy import event

from archive import Archive
from archive.ingest import Read


@st.composite
def captures(draw: st.DrawFn) -> list[Read]:
    """Captures of few texts, titles and places, so that all that can meet does."""
    pages = ["", TEXT, CHANGED, TEXT + OTHER, OTHER + CHANGED, OTHER, "短文"]
    items = []
    for _ in range(draw(st.integers(1, 12))):
        parsed = article(
            draw(st.sampled_from(["题", "題", "另题"])),
            section(None, draw(st.sampled_from(pages))),
        )._replace(
            url=draw(st.sampled_from([None, URL])),
            source=draw(st.sampled_from([None, "新华社"])),
            published=draw(st.sampled_from([None, DAY, f"{DAY}T10:00"])),
        )
        items.append(item(parsed, str(draw(st.integers(0, 30))).encode()))
    return items


def contents(news: Archive) -> dict[str, list[tuple[Any, ...]]]:
    """All rows but for when they were written."""
    columns = {
        "capture": "id, sha256, data",
        "origin": "capture_id, path",
        "article": "*",
        "duplicate": "*",
        "section": "*",
        "section_index_article": "*",
    }
    with news._reading() as session:
        connection = session.connection()
        return {
            table: [
                tuple(row)
                for row in connection.exec_driver_sql(f"SELECT {names} FROM {table} ORDER BY 1, 2")  # noqa: S608 - from above
            ]
            for table, names in columns.items()
        }


@settings(max_examples=50)  # each stores its captures one by one, which the disk must acknowledge
@given(captures(), st.lists(st.integers(1, 5), min_size=12, max_size=12))
def test_the_size_of_batches_changes_nothing(
    template: Path, items: list[Read], sizes: list[int]
) -> None:
    one, other = template.with_name("one.db"), template.with_name("many.db")
    for path in (one, other):
        for old in path.parent.glob(f"{path.name}*"):
            old.unlink()
        shutil.copy(template, path)
    with Archive.open(one) as single, Archive.open(other) as many:
        expected = one_by_one(single, *items)
        outcomes, rest = [], items
        for size in sizes:
            outcomes += many.add(rest[:size])
            rest = rest[size:]
        assert outcomes == expected
        assert contents(many) == contents(single)
        for listed in many.articles(revisions=True):
            assert sum(each.current for each in many.revisions(str(listed.article))) == 1


def test_a_larger_batch_takes_no_more_statements(news: Archive) -> None:
    def batch(name: str, count: int) -> list[Read]:
        pages = (told(f"{name}{n}", url=f"{URL}/{name}{n}", title=f"第{n}篇") for n in range(count))
        return [capture(one, f"{name}{n}") for n, one in enumerate(pages)]

    statements: list[str] = []

    def note(*told: Any) -> None:  # noqa: ANN401 - what SQLAlchemy gives
        statements.append(told[2])

    event.listen(news._engine, "before_cursor_execute", note)
    news.add(batch("a", 1))
    few = len(statements)
    news.add(batch("b", 200))
    assert len(statements) - few <= few
