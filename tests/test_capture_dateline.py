from datetime import UTC, datetime

import pytest

from archive.capture.dateline import find_compact_date, find_date, year_of


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2023-08-11 15:10", "2023-08-11T15:10"),
        ("2023-07-27", "2023-07-27"),
        ("2023-07-29 11:49:25", "2023-07-29T11:49:25"),
        ("2023年07月20日 18:14:59 来自青岚市", "2023-07-20T18:14:59"),
        ("2023年07月19日", "2023-07-19"),
        ("来源：云川网  |  2023年07月19日 20:27:42", "2023-07-19T20:27:42"),
        ("23-07-26 22:00", "2023-07-26T22:00"),
        ("[2023/07/20  16:52]", "2023-07-20T16:52"),
        ("2023/07/26 ", "2023-07-26"),
        ("云川网 > 新闻 > 乡镇\xa0\xa0\xa02023-07-27 08:52:37  ", "2023-07-27T08:52:37"),
        ("2023-07-24 22:32:56来源: 青岚晚报  \t举报", "2023-07-24T22:32:56"),
        ("2023-07-26 07:33 \xa0来源：      青岚商报      ", "2023-07-26T07:33"),
        ("202307/25 05:01:02", "2023-07-25T05:01:02"),
        ("发表时间：2023-07-25 06:34", "2023-07-25T06:34"),
        ("发布时间：2023-07-26 08:46:02", "2023-07-26T08:46:02"),
        ("云川网         2023-08-04 08:40      ", "2023-08-04T08:40"),
        ("[ 2023-07-28 16：40 ] ", "2023-07-28T16:40"),
        ("2018年10月12日 07:47  来源:青岚社", "2018-10-12T07:47"),
        ("2019年06月15日08:18", "2019-06-15T08:18"),
        ("2015年3月5日8时20分", "2015-03-05T08:20"),
        ("2004年7月16日08:19 [ 黄某 ]", "2004-07-16T08:19"),
        ("2018.1.2", "2018-01-02"),
    ],
)
def test_shapes_of_dates(text: str, iso: str) -> None:
    found = find_date(text)
    assert found is not None
    assert found.iso == iso
    assert not found.guessed
    assert found.timed == ("T" in iso)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("07-20 22:43", "2022-07-20T22:43"),
        ("7-20 16:03", "2022-07-20T16:03"),
        ("8-1 14:13", "2022-08-01T14:13"),
        ("08/05", "2022-08-05"),
        ("08/16  13:50", "2022-08-16T13:50"),
        ("3月5日 10:00", "2022-03-05T10:00"),
    ],
)
def test_a_year_left_out_is_taken_and_marked(text: str, iso: str) -> None:
    found = find_date(text, year=2022)
    assert found is not None
    assert (found.iso, found.guessed) == (iso, True)
    assert find_date(text) is None


@pytest.mark.parametrize(
    "text", ["", "来源：青岚日报", "2023-13-40", "2023-02-30", "110108000000", "7:30", "1.2亿元"]
)
def test_what_is_no_date(text: str) -> None:
    assert find_date(text) is None


def test_two_digit_years_are_split_between_centuries() -> None:
    assert [find_date(f"{year}-05-06 01:02") for year in ("69", "70")] != [None, None]
    found = find_date("98-05-06 01:02")
    assert found is not None
    assert found.iso == "1998-05-06T01:02"


def test_compact_dates() -> None:
    assert find_compact_date("早间新闻 (20250901)") == "2025-09-01"
    assert find_compact_date("电话 4009204009") is None


def test_the_year_of_a_capture() -> None:
    moment = datetime(2020, 8, 2, tzinfo=UTC)
    assert year_of("pages/2022/0720/c81.txt", moment) == 2022
    assert year_of("pages/2019-07/x.txt", None) == 2019
    assert year_of("pages/x.txt", moment) == 2020
    assert year_of("pages/x.txt", None) is None


def test_the_year_of_a_capture_is_that_of_a_chinese_clock_whatever_the_machine() -> None:
    assert year_of("a.txt", datetime(2018, 12, 31, 16, 30, tzinfo=UTC)) == 2019
    assert year_of("a.txt", datetime(9999, 12, 31, 23, tzinfo=UTC)) is None
