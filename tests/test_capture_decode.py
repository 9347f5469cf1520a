import codecs
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torture import many

from archive.capture.common import COMMON_HAN
from archive.capture.decode import decode
from archive.errors import CaptureError

_decode = import_module("archive.capture.decode")

PROSE = (
    "清晨六点，老码头的石阶上已经站满了等船的人，他们说这里的路比以前好走了。"
    "今年春天，县里把沿河的旧仓库改成了读书屋，谁走累了都可以坐下来看书。"
)
TRADITIONAL = (
    "清晨六點，老碼頭的石階上已經站滿了等船的人，他們說這裡的路比以前好走了。"
    "今年春天，縣裡把沿河的舊倉庫改成了讀書屋，誰走累了都可以坐下來看書。"
)
BIG5_HAN = "".join(letter for letter in COMMON_HAN if letter.encode("big5", "ignore"))


@pytest.mark.parametrize(
    ("codec", "mark"),
    [
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("utf-32-be", codecs.BOM_UTF32_BE),
    ],
)
def test_a_mark_decides_and_is_no_text(codec: str, mark: bytes) -> None:
    found = decode(mark + PROSE.encode(codec))
    assert (found.text, found.encoding, found.evidence) == (PROSE, codec, "bom")


@pytest.mark.parametrize("text", [PROSE, "Plain words only, read as such.\n", "2018-10-12 07:47"])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_encodings_are_known_without_a_mark(text: str, codec: str) -> None:
    found = decode(text.encode(codec))
    assert (found.text, found.encoding, found.replaced) == (text, codec, 0)


@pytest.mark.parametrize(
    ("text", "codec"),
    [(PROSE, "utf-8"), (PROSE, "gb18030"), (TRADITIONAL, "big5"), (TRADITIONAL, "gb18030")],
)
def test_narrow_encodings_are_told_apart(text: str, codec: str) -> None:
    found = decode(text.encode(codec))
    assert (found.text, found.encoding, found.replaced) == (text, codec, 0)


@pytest.mark.parametrize(
    ("text", "codec"), [(PROSE, "utf-8"), (PROSE, "gb18030"), (TRADITIONAL, "big5")]
)
@pytest.mark.parametrize("place", [4, 40, 100])
def test_a_stray_byte_does_not_flip_the_encoding_and_is_counted(
    text: str, codec: str, place: int
) -> None:
    data = text.encode(codec)
    found = decode(data[:place] + b"\xff" + data[place:])
    assert found.encoding == codec
    assert found.replaced >= 1
    assert found.text == (data[:place] + b"\xff" + data[place:]).decode(codec, "replace")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("place", [9, 60, 121])
def test_a_stray_byte_does_not_hide_utf_16(codec: str, place: int) -> None:
    data = PROSE.encode(codec)
    assert decode(data[:place] + b"\x81" + data[place:]).encoding == codec


@pytest.mark.parametrize("size", range(60, 76))
@pytest.mark.parametrize(
    ("text", "codec"), [(PROSE, "utf-8"), (PROSE, "gb18030"), (TRADITIONAL, "big5")]
)
def test_text_cut_within_a_character_keeps_its_encoding(text: str, codec: str, size: int) -> None:
    assert decode(text.encode(codec)[:size]).encoding == codec


def test_a_declared_charset_is_believed_where_it_decodes() -> None:
    data = "これは日本語のページです。新聞の記事を保存します。".encode("shift_jis")
    found = decode(data, declared="Shift_JIS")
    assert (found.encoding, found.evidence) == ("shift_jis", "declared")


@pytest.mark.parametrize("lie", ["gb2312", "iso-8859-1", "big5", "no-such-charset", ""])
def test_a_declared_charset_that_lies_is_overruled(lie: str) -> None:
    assert decode(PROSE.encode(), declared=lie).text == PROSE


def test_a_declared_subset_is_read_as_its_superset() -> None:
    text = PROSE + "镕"  # not in GB2312
    assert decode(text.encode("gb18030"), declared="gb2312").text == text


def test_override_is_used_unseen_and_must_exist() -> None:
    data = TRADITIONAL.encode("big5")
    found = decode(data, override="GB18030")
    assert (found.encoding, found.evidence) == ("gb18030", "override")
    with pytest.raises(CaptureError, match="unknown encoding 'klingon'") as caught:
        decode(data, override="klingon")
    assert caught.value.hint
    with pytest.raises(CaptureError):
        decode(data, override="rot13")


def test_replacement_characters_of_the_capture_itself_are_not_counted() -> None:
    assert decode(f"{PROSE}\ufffd".encode()).replaced == 0
    assert decode(f"{PROSE}\ufffd".encode() + b"\xff\xe6").replaced == 2


def test_big5_with_hong_kong_characters() -> None:
    text = TRADITIONAL + "佢哋喺度嘅嘢係咁樣㗎，佢哋喺度嘅嘢係咁樣㗎。"
    found = decode(text.encode("big5hkscs"))
    assert (found.text, found.replaced) == (text, 0)


def test_a_guess_that_nothing_supports_says_so() -> None:
    found = decode(bytes(range(128, 256)))
    assert found.replaced > 0 or "uncertain" in found.evidence


@many("hypothesis: decode", file=__file__)
@given(st.binary(max_size=400), st.sampled_from([None, "utf-8", "gbk", "big5", "latin-1", "x"]))
def test_no_bytes_fail(data: bytes, declared: str | None) -> None:
    found = decode(data, declared=declared)
    assert found.replaced <= found.text.count("\ufffd")
    codecs.lookup(found.encoding)


@given(st.text())
def test_utf_8_round_trips(text: str) -> None:
    found = decode(b"\xef\xbb\xbf" + text.encode("utf-8", "ignore"))
    assert found.text == text.encode("utf-8", "ignore").decode()


@given(
    st.text(alphabet=COMMON_HAN, min_size=30, max_size=200),
    st.sampled_from(["utf-8", "gb18030", "utf-16-le", "utf-16-be"]),
)
def test_common_characters_round_trip(text: str, codec: str) -> None:
    assert decode(text.encode(codec)).text == text


@given(st.text(alphabet=BIG5_HAN, min_size=40, max_size=200))
def test_common_characters_round_trip_in_big5(text: str) -> None:
    assert decode(text.encode("big5")).text == text


@given(
    text=st.text(f"{COMMON_HAN[:30]}a1 ，。\0", min_size=4, max_size=60),
    codec=st.sampled_from(["utf-8", "gb18030", "utf-16-le", "utf-16-be", "utf-32-le"]),
    stray=st.binary(max_size=3),
    place=st.integers(0, 120),
)
def test_bytes_that_show_no_utf_16_at_a_glance_have_no_part_in_it(
    text: str, codec: str, stray: bytes, place: int
) -> None:
    data = text.encode(codec)
    sample = data[:place] + stray + data[place:]
    if _decode._has_odd_bytes(sample):
        half = len(sample) // 2
        parts = (sample, sample[:half], sample[half & ~1 :], sample[half | 1 :])
        assert not any(_decode._is_utf16(part, wide) for part in parts for wide in _decode._UTF16)
