"""Each quirk of pages has a small capture, and beside it the article that is expected of it."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from archive.capture import Capture, media_type, read

CAPTURES = Path(__file__).parent / "assets/captures"
NAMES = sorted(path.stem for path in CAPTURES.glob("*.json"))
FIELDS = ("title", "published", "source", "author", "editor", "original_title")


def test_every_capture_has_its_article() -> None:
    captures = {path.stem for path in CAPTURES.iterdir() if path.suffix != ".json"}
    assert sorted(captures) == NAMES
    assert len(NAMES) >= 30


@pytest.mark.parametrize("name", NAMES)
def test_quirk(name: str) -> None:
    expected: dict[str, Any] = json.loads((CAPTURES / f"{name}.json").read_text("utf-8"))
    file = next(path for path in CAPTURES.glob(f"{name}.*") if path.suffix != ".json")
    moment = expected.pop("captured", None)
    capture = Capture(
        file.read_bytes(),
        expected.pop("path", file.name),
        media_type(file.name) or "",
        datetime.fromisoformat(moment) if moment else None,
    )
    decoded, article = read(capture)
    found: dict[str, Any] = {field: getattr(article, field) for field in FIELDS}
    found["channel"], found["captions"] = list(article.channel), list(article.captions)
    found["sections"] = [
        {"heading": section.heading, "paragraphs": [each.text for each in section.paragraphs]}
        for section in article.sections
    ]
    assert found == expected
    assert decoded.replaced == 0
