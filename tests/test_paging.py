"""Pages by cursor: together they are the whole, whatever is stored between two of them."""

from pathlib import Path

import corpora
import oracle
import pytest
from cli_helpers import make_archive, refused, run
from conftest import Fresh
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import article, item, numbered, section

from archive import Archive, index
from archive.errors import QueryError
from archive.ingest import Read
from archive.models import Article
from archive.query import parse
from archive.results import Hit
from archive.writing import indexed

SORTS = ("relevance", "newest", "oldest", "source")
QUERIES = ("改革", "改革 OR 服", "改革 服", "-改革", "服 -甲", "title:改革", "source:社")


def identity(hit: Hit) -> tuple[int, int]:
    return hit.article, hit.section


def in_pages(archive: Archive, query: str, sort: str, unit: str, size: int) -> list[Hit]:
    found: list[Hit] = []
    while page := archive.search(
        query,
        sort=sort,
        unit=unit,
        limit=size,
        after=found[-1].cursor if found else None,
    ):
        found += page
    return found


@settings(max_examples=60, deadline=None)
@given(
    st.lists(corpora.articles(), min_size=1, max_size=7),
    st.sampled_from(QUERIES),
    st.sampled_from(SORTS),
    st.sampled_from(["article", "section"]),
    st.integers(1, 3),
)
def test_pages_together_are_the_whole(
    fresh: Fresh,
    known: list[oracle.OracleArticle],
    query: str,
    sort: str,
    unit: str,
    size: int,
) -> None:
    with fresh(known) as archive:
        whole = archive.search(query, sort=sort, unit=unit, limit=None)
        assert in_pages(archive, query, sort, unit, size) == whole


@settings(max_examples=60, deadline=None)
@given(
    st.lists(corpora.articles(), min_size=3, max_size=6),
    st.lists(corpora.articles(), min_size=1, max_size=4),
    st.sampled_from(QUERIES),
    st.sampled_from(SORTS),
)
def test_what_is_stored_meanwhile_makes_no_page_repeat_or_skip_a_hit(
    fresh: Fresh,
    known: list[oracle.OracleArticle],
    later: list[oracle.OracleArticle],
    query: str,
    sort: str,
) -> None:
    with fresh(known) as archive:
        before = list(map(identity, archive.search(query, sort=sort, limit=None)))
        found = archive.search(query, sort=sort, limit=1)
        for article in [*later, None]:
            if not found:
                return
            if article is not None:
                corpora.store(archive, [article], first=1000 + len(found))
            found += archive.search(query, sort=sort, limit=2, after=found[-1].cursor)
        while page := archive.search(query, sort=sort, limit=2, after=found[-1].cursor):
            found += page
        met = list(map(identity, found))
        assert len(met) == len(set(met))
        if sort != "relevance" or not parse(query).phrases:  # these let in what belongs further on
            met = [one for one in met if one[0] <= len(known)]
        assert met == before


def test_what_is_removed_meanwhile_is_missed_by_no_order_but_relevance(news: Archive) -> None:
    news.add(numbered(6))
    first = {sort: news.search("末段", sort=sort, limit=2) for sort in SORTS}
    news.remove(first["newest"][-1].key)
    rest = news.search("末段", sort="newest", limit=None, after=first["newest"][-1].cursor)
    assert len(rest) == 4
    with pytest.raises(QueryError, match="removed") as caught:
        news.search("末段", after=first["relevance"][-1].cursor)
    assert caught.value.hint == "ask for the first page again"


def test_what_is_read_anew_or_removed_and_followed_refuses_the_cursor(news: Archive) -> None:
    news.add(numbered(6))
    (first,) = news.search("末段", limit=1)
    with news._writing() as session:
        article = session.get_one(Article, 3)
        index.take_out(session, indexed(article))
        article.sections[1].text = "另一个末段，长了一些。"
        index.put(session, indexed(article))
    with pytest.raises(QueryError, match="read anew"):
        news.search("末段", after=first.cursor)
    (first,) = news.search("末段", limit=1)
    news.remove("6")
    news.add(articles_of_other_words())
    with pytest.raises(QueryError, match="removed"):
        news.search("末段", after=first.cursor)


def articles_of_other_words() -> list[Read]:
    """One article, whose sections take the ids of the removed one's."""
    return [
        item(article("新的", section(None, "导语。"), section("小节", "末段，还有许多别的话。")))
    ]


def test_questions_have_no_cursors_and_an_empty_one_is_none(path: Path, news: Archive) -> None:
    news.add(numbered(2))
    refused(run("search", "--any", "--after", "xx", "末段", db=path), 2, "has no cursors")
    refused(run("search", "--after", "", "末段", db=path), 2, "is no cursor")


@pytest.mark.parametrize(
    "cursor",
    ["x", "é", "W10", "AAAAAAAAe30", "AAAAAAAAWzFd", "AAAAAAAA_____w", "=" * 9, "W1tb" * 9000],
)
def test_what_is_no_cursor_is_refused(tmp_path: Path, cursor: str) -> None:
    path = make_archive(tmp_path)
    refused(run("search", "--after", cursor, "群众", db=path), 2, "is no cursor")


def test_a_cursor_of_another_question_is_refused(tmp_path: Path) -> None:
    path = make_archive(tmp_path)
    with Archive.open(path, readonly=True) as archive:
        (hit,) = archive.search("群众", limit=1)
    assert run("search", "--after", hit.cursor, "群众", db=path).code == 0
    refused(run("search", "--after", hit.cursor, "改革", db=path), 2, "another question")
    refused(run("search", "--after", hit.cursor, "--sort", "newest", "群众", db=path), 2, "another")
    refused(run("search", "--after", hit.cursor, "--offset", "1", "群众", db=path), 2, "exclude")


def test_a_page_names_the_next_one(path: Path, news: Archive) -> None:
    news.add(numbered(5))
    met, cursor = [], None
    for size in (2, 2, 1):
        after = ("--after", cursor) if cursor else ()
        page = run("search", "--limit", "2", *after, "末段", db=path)
        assert len(page.objects) == size
        met += [hit["article"] for hit in page.objects]
        cursor = page.stderr.split("--after ")[-1].strip() if page.stderr else None
    assert (sorted(met), cursor) == ([1, 2, 3, 4, 5], None)
    assert run("-q", "search", "--limit", "2", "末段", db=path).stderr == ""
