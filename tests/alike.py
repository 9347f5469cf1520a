"""Captures that say the same, nearly the same, or something else; and what became of them."""

from collections.abc import Sequence
from typing import Any

from samples import article, item, section

from archive import Archive
from archive.capture.parsed import ParsedArticle
from archive.ingest import Read
from archive.reports import Outcome

TEXT = "春江市政务服务中心近日传出消息，全市放管服改革又进一步，企业开办时间压缩到两个工作日以内。"
CHANGED = (
    "春江市政务服务中心近日传出消息，全市放管服改革又进一步，企业开办时间压缩到三个工作日以内。"
)
OTHER = "秋分将至，青石镇的万亩稻田一片金黄，收割机在田间来回穿梭，农民的脸上洋溢着丰收的喜悦。"
URL = "https://example.org/news/1"
DAY = "2019-05-06"


def told(text: str = TEXT, **facts: Any) -> ParsedArticle:  # noqa: ANN401 - of each field
    return article("春江改革", section(None, text))._replace(**facts)


def capture(parsed: ParsedArticle, name: str) -> Read:
    return item(parsed, f"bytes of {name}".encode(), f"{name}.txt")


def one_by_one(news: Archive, *items: Read) -> list[Outcome]:
    return [outcome for one in items for outcome in news.add([one])]


def statuses(outcomes: Sequence[Outcome]) -> list[tuple[str, int | None]]:
    return [(outcome.status.value, outcome.article) for outcome in outcomes]
