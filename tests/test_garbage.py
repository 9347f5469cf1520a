"""How often Python looks for cycles: seldom while captures are ingested, as before afterwards."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_helpers import REFORM, run, write

from archive import Archive
from archive.capture.worker import Worker
from archive.garbage import SELDOM
from archive.reports import Outcome


def test_ingest_looks_seldom_for_cycles_and_leaves_the_threshold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = gc.get_threshold()
    during: list[int] = []
    ingest = Archive.ingest

    def watched(*given: object, **named: object) -> Iterator[Outcome]:
        during.append(gc.get_threshold()[0])
        return ingest(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Archive, "ingest", watched)
    result = run("ingest", str(write(tmp_path / "a.txt", REFORM)), db=tmp_path / "a.db")
    assert result.object["status"] == "stored"
    assert during == [SELDOM]
    assert gc.get_threshold() == before


def test_a_worker_looks_seldom_for_cycles() -> None:
    worker = Worker(seconds=60)
    try:
        assert worker.run(gc.get_threshold)[0] == SELDOM
    finally:
        worker.close()
