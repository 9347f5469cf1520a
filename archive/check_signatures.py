"""Signatures against articles and bands: whether what finds near texts can be believed.

Idea: a band is made of its signature, so the bands that ``section_index_near`` holds and those that
the signatures make are compared as the tokens of the index are: by a sum of hashes an article, to
which one adds and from which the other subtracts. Invariant: an article that has no signature yet
is no damage, and nor are signatures of another way, which are made anew when they are asked for.
"""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import database, signatures
from archive.check_index import INDEX, MEND, Sums, subtract_terms
from archive.models import Article, SectionIndexVersion
from archive.reports import Finding, Progress

_HELD = "SELECT article_id, signature FROM section_index_signature"
_GHOSTS = (
    "SELECT article_id FROM section_index_signature"
    " WHERE article_id NOT IN (SELECT id FROM article)"
)


def check(session: Session, progress: Progress) -> Iterator[Finding]:
    """That each signature is of an article, whole, and found by its bands, and no other is."""
    progress("signatures", 0, 1)
    made = session.scalar(select(SectionIndexVersion.near))
    if made not in (None, signatures.ALGORITHM):
        yield Finding(INDEX, f"signatures were made by {made}", damage=False)
        return
    connection, sums = session.connection(), Sums()
    if made is None and next(database.rows(connection, f"{_HELD} LIMIT 1"), None):
        yield Finding(INDEX, f"there are signatures, but not how they were made; {MEND}")
    for (id_,) in database.rows(connection, _GHOSTS):
        yield Finding(INDEX, f"there is a signature of an article {id_} that is none; {MEND}")
    broken = set()
    for id_, signature in database.rows(connection, _HELD):
        if not isinstance(signature, bytes) or len(signature) not in (0, signatures.BYTES):
            broken.add(id_)
        else:
            sums.add(id_, sum(map(hash, signatures.bands(signature))))
    subtract_terms(connection, sums, "section_index_near")
    for id_ in sorted(broken.union(sums.left())):
        key = session.scalar(select(Article.key).where(Article.id == id_))
        reason = f"its signature is not that by which it is found; {MEND}"
        yield Finding(INDEX, reason, article=id_, key=key)
