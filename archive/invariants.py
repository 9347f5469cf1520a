"""What holds of the rows of every archive beyond what the schema enforces.

Idea: each rule is a question for the rows that break it, so that a dump can be refused and a file
be checked by the same ones. Invariant: a question can be asked whatever the rows hold.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session


class Broken(NamedTuple):
    """A row that breaks a rule."""

    table: str
    id: int
    fault: str

    def __str__(self) -> str:
        return f"{self.table} {self.id} {self.fault}"


_RULES = (
    (
        "capture",
        "came from nowhere",
        "SELECT id FROM capture EXCEPT SELECT capture_id FROM origin",
    ),
    (
        "capture",
        "leads to no article, or to more than one",
        (
            "SELECT id FROM capture WHERE"
            " (SELECT count(*) FROM article WHERE capture_id = capture.id)"
            " + (SELECT count(*) FROM duplicate WHERE capture_id = capture.id) != 1"
        ),
    ),
    (
        "article",
        "lacks a section: their numbers are not 0, 1, 2 …",
        (
            "SELECT article.id FROM article LEFT JOIN section ON article_id = article.id"
            " GROUP BY article.id HAVING min(number) IS NOT 0 OR max(number) != count(*) - 1"
        ),
    ),
    (
        "article",
        "has a key that is not its capture's",
        (
            "SELECT article.id FROM article JOIN capture ON capture.id = capture_id"
            " WHERE key != substr(sha256, 1, 16)"
        ),
    ),
    (
        "article",
        "has a channel or captions that are no texts",
        (
            "SELECT article.id FROM article, json_each(CASE"
            " WHEN json_valid(channel) AND json_valid(captions)"
            " THEN json_array(json(channel), json(captions)) ELSE '[0]' END) AS field"
            ", json_each(field.value) AS one WHERE one.type != 'text'"
        ),
    ),
    (
        "article",
        "has a date that no calendar has",
        (
            "SELECT id FROM (SELECT id, published, substr(published || '-01-01', 1, 10) AS day"
            " FROM article) WHERE published < '0001' OR date(day, '+0 days') IS NOT day"
        ),
    ),
    (
        "article",
        "is superseded by none that came later",
        "SELECT id FROM article WHERE superseded_by <= id",
    ),
)
"""Of which table, what is wrong, and the ids of the rows of which it is true."""


def broken(session: Session) -> Iterator[Broken]:
    """The rows that break a rule."""
    for table, fault, question in _RULES:
        for id_ in session.scalars(text(question)).all():
            yield Broken(table, id_, fault)
