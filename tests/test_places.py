import corpora
import oracle
from hypothesis import assume, example, given
from hypothesis import strategies as st

from archive.places import Tokenized
from archive.query import Phrase
from archive.text import phrase

texts = st.text(corpora.LETTERS, max_size=30)


@given(texts, st.text(corpora.LETTERS, min_size=1, max_size=3))
@example("哈哈哈", "哈哈")
@example("改\u200b 革改革", "改革")
@example("改\n革", "改革")
def test_places_are_those_of_the_oracle(text: str, term: str) -> None:
    assume(oracle.asked(term))
    found = Tokenized(text).places(Phrase(tuple(phrase(term)), term))
    assert found == oracle.places(text, term)


@given(texts, st.text("ABabé12", min_size=1, max_size=2))
def test_places_of_a_prefix_are_those_of_the_oracle(text: str, term: str) -> None:
    found = Tokenized(text).places(Phrase(tuple(phrase(term)), term, prefix=True))
    assert found == oracle.places(text, term, prefix=True)
