"""How well the reader recovers the structure of labelled captures.

    python benchmarks/structure.py LABELS.jsonl [--kind text] [--failures]

LABELS: one object a line, ``file`` names the capture beside it, ``kind`` its kind, and each of
``title``, ``published``, ``source``, ``author``, ``editor``, ``headings``, ``must_have``,
``must_not``, ``first``, ``last`` what is to be found (null: not scored; an empty string: the page
names none). ``alt`` lists other accepted values of a field, ``headings_ok`` lines that may be
headings. Text is compared without white space after NFKC.
"""

import argparse
import json
import re
import sys
import time
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import Any

from archive.capture import Capture, ParsedArticle, media_type, read

FIELDS = ("title", "published", "source", "author", "editor")
Label = dict[str, Any]


def flat(text: str | None) -> str:
    """Give a text without white space and without width."""
    return re.sub(r"[\s\u200b\ufeff]+", "", unicodedata.normalize("NFKC", text or ""))


class Score:
    """Counts right and asked for each measure, and keeps what went wrong."""

    def __init__(self) -> None:
        self.right: dict[str, float] = defaultdict(float)
        self.asked: dict[str, float] = defaultdict(float)
        self.failures: list[str] = []

    def add(self, measure: str, right: float, asked: float, about: str = "") -> None:
        """Count; ``about`` is kept where not all is right."""
        self.right[measure] += right
        self.asked[measure] += asked
        if about and right < asked:
            self.failures.append(f"{measure}: {about}")

    def rate(self, measure: str) -> float | None:
        """Give the share that is right, or None if nothing was asked."""
        asked = self.asked[measure]
        return self.right[measure] / asked if asked else None


def same(field: str, want: str, got: str) -> bool:
    """Compare one field's value with one accepted value."""
    if field == "published":
        return got.startswith(want)
    if field in {"author", "editor"}:
        return set(re.split(r"[、,;/\s]+", want)) == set(re.split(r"[、,;/\s]+", got))
    return flat(want) == flat(got)


def score_article(label: Label, article: ParsedArticle, score: Score) -> None:
    """Add one capture's figures."""
    name, others = label["id"], label.get("alt") or {}
    for field in FIELDS:
        want, got = label.get(field), getattr(article, field) or ""
        if want is not None:
            accepted = [want, *others.get(field, [])]
            good = not got if want == "" else any(same(field, each, got) for each in accepted)
            score.add(field, good, 1, f"{name} wants {want!r}, got {got!r}")
    score_headings(label, article, score)
    paragraphs = [flat(each.text) for each in all_paragraphs(article)]
    body = "".join(paragraphs)
    shown = body + "\n" + "\n".join(flat(section.heading) for section in article.sections)
    for span in label["must_have"]:
        score.add("body recall", flat(span) in body, 1, f"{name} misses {span!r}")
        if label.get("doubled"):
            score.add("not doubled", body.count(flat(span)) < 2, 1, f"{name} repeats {span!r}")
    for span in label["must_not"]:
        score.add("no leak", flat(span) not in shown, 1, f"{name} leaks {span!r}")
    for edge, place in (("first", 0), ("last", -1)):
        if label.get(edge):
            accepted = [flat(each) for each in (label[edge], *others.get(edge, []))]
            got = re.sub(r"\([^()]{1,40}\)$", "", paragraphs[place]) if paragraphs else ""
            fits = got.startswith if edge == "first" else got.endswith
            bare = [re.sub(r"\([^()]{1,40}\)$", "", each) for each in accepted]
            good = any(fits(each) for each in (*accepted, *bare))
            score.add("boundaries", good, 1, f"{name} {edge}: {got[:30]!r}")


def all_paragraphs(article: ParsedArticle) -> list[Any]:
    """List an article's paragraphs in order."""
    return [each for section in article.sections for each in section.paragraphs]


def score_headings(label: Label, article: ParsedArticle, score: Score) -> None:
    """Add right, wrong and missed sub-headings."""
    if label.get("headings") is None:
        return
    want = [flat(each).rstrip(":") for each in label["headings"]]
    allowed = {flat(each).rstrip(":") for each in label.get("headings_ok") or []}
    wrong = 0
    for section in article.sections[1:]:
        got = flat(section.heading).rstrip(":")
        if got in want:
            want.remove(got)
            score.add("headings right", 1, 1)
        elif got not in allowed:
            wrong += 1
            score.failures.append(f"headings: {label['id']} wrong {section.heading!r}")
    score.add("headings wrong", wrong, 1)
    score.add("headings missed", len(want), 1)
    score.failures.extend(f"headings: {label['id']} misses {each!r}" for each in want)


def overall(score: Score) -> dict[str, float]:
    """Give every measure's rate, the F1 of headings, and their mean."""
    right, wrong = score.right["headings right"], score.right["headings wrong"]
    missed = score.right["headings missed"]
    people = [score.rate(field) for field in ("author", "editor")]
    rates = {field: score.rate(field) for field in ("title", "published", "source")}
    known = [rate for rate in people if rate is not None]
    rates["author or editor"] = sum(known) / len(known) if known else None
    found = 2 * right + wrong + missed
    rates["headings F1"] = 2 * right / found if found else None
    for measure in ("body recall", "no leak", "boundaries"):
        rates[measure] = score.rate(measure)
    given = {measure: rate for measure, rate in rates.items() if rate is not None}
    mean = sum(given.values()) / len(given) if given else 0.0
    doubled = score.rate("not doubled")
    return given | ({"not doubled": doubled} if doubled is not None else {}) | {"OVERALL": mean}


def main() -> int:
    parser = argparse.ArgumentParser(description="Score the reader on labelled captures.")
    parser.add_argument("labels", type=Path)
    parser.add_argument("--kind", help="only captures of this kind, or 'derived'")
    parser.add_argument("--failures", action="store_true", help="list what went wrong")
    options = parser.parse_args()
    labels = [json.loads(line) for line in options.labels.read_text("utf-8").splitlines() if line]
    scores: dict[str, Score] = defaultdict(Score)
    counts: dict[str, int] = defaultdict(int)
    seconds = 0.0
    for label in labels:
        kind = "derived" if label.get("derived") else label["kind"]
        file = options.labels.parent / label["file"]
        media = media_type(file.name)
        if media is None or (options.kind and kind != options.kind):
            continue
        capture = Capture(file.read_bytes(), file.name, media)
        begun = time.process_time()
        _, article = read(capture)
        seconds += time.process_time() - begun
        score_article(label, article, scores[kind])
        counts[kind] += 1
    for kind, score in scores.items():
        rates = overall(score)
        print(f"{kind} ({counts[kind]})  " + "  ".join(f"{k} {v:.3f}" for k, v in rates.items()))
        if options.failures:
            print(*score.failures, sep="\n")
    print(f"{sum(counts.values()) / max(seconds, 1e-9):.0f} captures a second")
    return 0


if __name__ == "__main__":
    sys.exit(main())
