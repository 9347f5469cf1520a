"""Refs and anchors: every form, what is refused, and what a ref finds in an archive."""

import sqlite3
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import article, item, numbered

from archive import Archive
from archive.errors import RefError
from archive.ref import Ref, parse

ARTICLES = st.one_of(
    st.from_regex(r"[0-9]{1,15}", fullmatch=True),
    st.from_regex(r"[0-9a-f]{16}", fullmatch=True),
    st.from_regex(r"[0-9a-f]{0,8}[a-f][0-9a-f]{5,7}", fullmatch=True),
)
NUMBERS = st.integers(0, 10**9 - 1)


@st.composite
def written(draw: st.DrawFn) -> str:
    """A ref as a user may type it."""
    place = draw(st.sampled_from(["", "#{0}", "#{0}-{1}", "#{0}:{1}-{2}"]))
    numbers = sorted([draw(NUMBERS), draw(NUMBERS)])
    if place.count("{") == 2:
        place = place.format(*numbers)
    else:
        place = place.format(draw(NUMBERS), *numbers)
    space = draw(st.sampled_from(["", " ", "\n", "\u3000"]))
    text = space + draw(ARTICLES) + place + space
    return text.upper() if draw(st.booleans()) else text


@given(written())
def test_a_ref_reads_again_as_itself(text: str) -> None:
    ref = parse(text)
    assert parse(str(ref)) == ref


@given(written(), st.from_regex(r"[0-9a-f]{16}", fullmatch=True))
def test_an_anchor_names_the_same_place_by_key(text: str, key: str) -> None:
    ref = parse(text)
    anchor = parse(str(ref.anchored(key)))
    assert anchor == Ref(key, ref.first, ref.last, ref.start, ref.end)
    assert not anchor.is_id


@given(st.text(st.sampled_from("0129afgAF#:-. ٣三\n")))
def test_any_text_gives_a_ref_or_its_own_error(text: str) -> None:
    try:
        ref = parse(text)
    except RefError:
        return
    assert parse(str(ref)) == ref


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("12", Ref("12")),
        ("12#0", Ref("12", 0)),
        ("12#3", Ref("12", 3)),
        ("12#1-3", Ref("12", 1, 3)),
        ("12#3-3", Ref("12", 3)),
        ("12#3:40-55", Ref("12", 3, None, 40, 55)),
        ("12#3:40-40", Ref("12", 3, None, 40, 40)),
        (" 7877EDD1A6E9504D#3:40-55 ", Ref("7877edd1a6e9504d", 3, None, 40, 55)),
        ("7877ed", Ref("7877ed")),
    ],
)
def test_every_form_is_read(text: str, ref: Ref) -> None:
    assert parse(text) == ref


@pytest.mark.parametrize(
    ("text", "is_id"),
    [
        ("1", True),
        ("123456", True),
        ("123456789012345", True),
        ("1234567890123456", False),
        ("7877ed", False),
        ("12345a", False),
    ],
)
def test_sixteen_digits_are_a_key_and_fewer_without_letters_an_id(
    text: str, *, is_id: bool
) -> None:
    assert parse(text).is_id is is_id


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#3",
        "12#",
        "12#a",
        "12#-3",
        "12#3-",
        "12#3:40",
        "12#3:40-",
        "12#1-3:4-5",
        "12#3-1",
        "12#3:55-40",
        "12:40-55",
        "12#1234567890",
        "g12345",
        "7877e",  # a key's prefix has 6 digits at least
        "7877edd1a6e9504d0",  # and 16 at most
        "12345678901234567",
        "１２",
        "三",
        "news.db",
    ],
)
def test_what_is_no_ref_is_refused(text: str) -> None:
    with pytest.raises(RefError) as caught:
        parse(text)
    assert caught.value.exit_code == 3
    assert "\n" not in caught.value.message
    assert caught.value.hint


def alike(digits: int) -> tuple[bytes, bytes]:
    """Two texts whose keys begin with the same digits, a letter among them."""
    met: dict[str, bytes] = {}
    for number in count():
        text = b"text %d" % number
        prefix = sha256(text).hexdigest()[:digits]
        if prefix in met and not prefix.isdecimal():
            return met[prefix], text
        met[prefix] = text
    raise AssertionError


def test_an_ambiguous_key_lists_its_candidates(news: Archive) -> None:
    first, second = alike(6)
    news.add([item(article("一"), first), item(article("二"), second), *numbered(3)])
    keys = sorted(sha256(data).hexdigest()[:16] for data in (first, second))
    with pytest.raises(RefError, match="ambiguous") as caught:
        news.article(keys[0][:6])
    assert caught.value.candidates == tuple(keys)
    assert caught.value.exit_code == 3
    assert caught.value.hint
    apart = next(n for n in range(16) if keys[0][:n] != keys[1][:n])
    for key in keys:
        assert news.article(key[:apart]).key == key
        assert news.article(key).key == key


def test_of_many_candidates_the_first_are_listed(path: Path, news: Archive) -> None:
    news.add(numbered(12))
    connection = sqlite3.connect(path)
    connection.execute("UPDATE article SET key = printf('abcdef%010d', id)")
    connection.commit()
    connection.close()
    with pytest.raises(RefError, match="and more") as caught:
        news.article("abcdef")
    assert len(caught.value.candidates) == 10


def test_digits_alone_name_an_id_even_where_a_key_begins_so(path: Path, news: Archive) -> None:
    news.add(numbered(2))
    connection = sqlite3.connect(path)
    connection.execute("UPDATE article SET key = '0000000000000001' WHERE id = 2")
    connection.commit()
    connection.close()
    assert news.article("1").id == 1
    assert news.article("000001").id == 1
    assert news.article("0000000000000001").id == 2


@pytest.mark.parametrize("text", ["9", "0", "999999999999999", "ffffff", "0123456789abcdef"])
def test_a_ref_that_names_nothing_says_so(news: Archive, text: str) -> None:
    news.add(numbered(1))
    with pytest.raises(RefError, match="no article") as caught:
        news.article(text)
    assert caught.value.hint


@pytest.mark.parametrize("text", ["1#2", "1#999999999", "1#0-2", "1#1-5"])
def test_a_section_that_is_not_there_says_which_are(news: Archive, text: str) -> None:
    news.add(numbered(1))
    with pytest.raises(RefError, match=r"no section .* 0 to 1"):
        news.article(text)


def test_a_range_beyond_the_section_says_how_long_it_is(news: Archive) -> None:
    news.add(numbered(1))
    length = len(news.section("1#1").text)
    assert news.article(f"1#1:0-{length}").quote == news.section("1#1").text
    assert news.article(f"1#1:{length}-{length}").quote == ""
    with pytest.raises(RefError, match=f"has {length} characters"):
        news.article(f"1#1:0-{length + 1}")
