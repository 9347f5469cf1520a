"""Whatever a clued pattern finds holds one of its clues."""

import pkgutil
import re
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import capture
from archive.capture.clues import Clued

MODULES = [f"archive.capture.{module.name}" for module in pkgutil.iter_modules(capture.__path__)]
CLUED = {
    f"{module}.{name}": value
    for module in MODULES
    for name, value in vars(import_module(module)).items()
    if isinstance(value, Clued) and name.isupper()
}


def test_there_are_some() -> None:
    assert {"archive.capture.vocabulary.CALL", "archive.capture.dateline._FULL"} <= CLUED.keys()


@pytest.mark.parametrize("clued", CLUED.values(), ids=CLUED)
@given(data=st.data())
def test_what_is_found_holds_a_clue(clued: Clued, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(clued.pattern))
    found = clued.pattern.search(text)
    assert found is None or any(clue in found[0] for clue in clued.clues)
    assert (found and found.span()) == ((same := clued.search(text)) and same.span())


@given(st.text("ab1-", max_size=8))
def test_without_a_clue_nothing_is_found_and_nothing_cut(text: str) -> None:
    clued, plain = Clued(r"\d-|-\d", "-"), re.compile(r"\d-|-\d")
    assert [m.span() for m in clued.finditer(text)] == [m.span() for m in plain.finditer(text)]
    assert clued.split(text) == plain.split(text)
