"""Whatever is done to an archive, in whatever order: it holds what a small model says it must.

The model knows pages by their story, version and encoding, and follows docs/versions.md: the same
bytes are unchanged, the same version in another encoding is a duplicate, another version of a story
revises the newest that there is. It searches by brute force. The archive goes on in its backups and
restored dumps, so that what those lose is missed later. A full check ends each run.
"""

import shutil
import tempfile
import time
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pieces
import pytest
from hypothesis import Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from torture import chance, rounds, told
from whole_archives import state

from archive import Archive, schema, writing

pytestmark = pytest.mark.torture

STEPS = 30

STORIES = {
    "春江市推进放管服改革": (
        "春江市政务服务中心近日传出消息，全市放管服改革又进一步，企业开办时间压缩到两个工作日以内。",
        "记者在大厅看到，十二个综合窗口全部开放，前来办事的市民不再需要来回奔波，跑一趟就能办好。",
    ),
    "青石镇水稻喜获丰收": (
        "秋分将至，青石镇的万亩稻田一片金黄，收割机在田间来回穿梭，农民的脸上洋溢着丰收的喜悦。",
        "种粮大户赵德明算了一笔账，今年亩产比去年增加了六十公斤，加上政策补贴，收入相当可观。",
    ),
    "老码头修起了读书屋": (
        "清晨六点，老码头的石阶上已经站满了等船的人，他们说这里的路比以前好走了，改革真是好事。",
        "今年春天，县里把沿河的旧仓库改成了读书屋，谁走累了都可以坐下来看书，窗口一直开到天黑。",
    ),
}
VERSIONS = (
    "有关负责人表示，下一步还要让群众少跑路。",
    "记者从会上获悉，这项工作年内将全部完成。",
    "据介绍，已有三千多名村民从中得到了实惠。",
)
ENCODINGS = ("utf-8", "gb18030", "utf-16")
TERMS = (
    "改革",
    "放管服",
    "丰收",
    "窗口",
    "读书屋",
    "群众",
    "完成",
    "村民",
    "人",
    "记者从会上",
    "没有",
)


@dataclass(frozen=True)
class Page:
    """A capture as it lies in the folder; one without a version is no text."""

    story: str
    version: str | None
    encoding: str = ""

    @property
    def name(self) -> str:
        return sha256(repr(self).encode()).hexdigest()[:8] + ".txt"

    @property
    def said(self) -> str:
        """The text that a search looks into."""
        return "\n".join((self.story, *STORIES[self.story], self.version or ""))

    @property
    def data(self) -> bytes:
        if self.version is None:
            return b"\x00\x01\x02" * 99
        body = "".join(f"    {text}\n\n" for text in (*STORIES[self.story], self.version))
        dateline = "2019年05月06日 09:30  来源：春江日报"
        return f"{self.story}\n\n{dateline}\n\n{body}".encode(self.encoding)


PAGES = [Page(s, v, e) for s in STORIES for v in VERSIONS for e in ENCODINGS]
PAGES.append(Page("none", None))


@dataclass
class Known:
    """An article of the model, and the pages that are captures of it."""

    id: int
    page: Page
    captures: list[Page] = field(default_factory=list)


class Whole(RuleBasedStateMachine):
    """An archive beside its model."""

    runs = steps = 0
    template: Path
    """An empty archive, and beside it the folder of pages."""

    def __init__(self) -> None:
        super().__init__()
        Whole.runs += 1
        self.folder = Path(tempfile.mkdtemp(dir=self.template.parent))
        self.number = 0
        self.articles: list[Known] = []
        self.given = 0
        self.failed: set[str] = set()
        self.archive = Archive.open(shutil.copy(self.template, self.next()))

    def next(self) -> Path:
        """A path where no archive is yet."""
        self.number += 1
        return self.folder / f"{self.number}.db"

    def path_of(self, page: Page) -> str:
        return str(self.template.parent / "pages" / page.name)

    def versions(self, story: str) -> list[Known]:
        """The articles of a story, oldest first; the last is current."""
        return [one for one in self.articles if one.page.story == story]

    def expected(self, page: Page) -> tuple[str, int | None]:
        """What becomes of a page, and of which article it is; the model then knows it."""
        if page.version is None:
            self.failed.add(self.path_of(page))
            return "failed", None
        for one in self.articles:
            if page in one.captures:
                return "unchanged", one.id
            if (page.story, page.version) == (one.page.story, one.page.version):
                one.captures.append(page)
                return "duplicate", one.id
        status = "revised" if self.versions(page.story) else "stored"
        self.given += 1
        self.articles.append(Known(self.given, page, [page]))
        return status, self.given

    @rule(pages=pieces.lists(PAGES, 5))
    def ingest(self, pages: list[Page]) -> None:
        outcomes = list(self.archive.ingest([self.path_of(page) for page in pages], jobs=1))
        found = [(outcome.status.value, outcome.article) for outcome in outcomes]
        assert found == [self.expected(page) for page in pages]

    @rule(page=st.sampled_from(PAGES[:9]))
    def ingest_of_one_story(self, page: Page) -> None:
        self.ingest([page])

    @rule(number=st.integers(0, 99))
    def remove(self, number: int) -> None:
        if self.articles:
            gone = self.articles.pop(number % len(self.articles))
            assert [one.id for one in self.archive.remove(str(gone.id))] == [gone.id]

    @rule()
    def reread(self) -> None:
        found = list(self.archive.reread())
        assert [(one.article, one.changed, one.moved) for one in found] == [
            (one.id, (), ()) for one in self.articles
        ]

    @rule()
    def reindex(self) -> None:
        before = state(self.archive.path)
        self.archive.reindex()
        assert state(self.archive.path) == before

    @rule(way=st.sampled_from(["backup", "backup", "dump"]))  # to restore takes longest
    def go_on_in_a_copy(self, way: str) -> None:
        """Leave the archive for its backup, or for what is restored of its dump."""
        path = self.next()
        if way == "dump":
            self.archive.dump(self.folder / "dump.jsonl", force=True)
            Archive.restore(path, self.folder / "dump.jsonl")
        else:
            self.archive.backup(path)
        assert state(path) == state(self.archive.path)
        self.archive.close()
        self.archive = Archive.open(path)

    @rule(term=st.sampled_from(TERMS), revisions=st.booleans())
    def search(self, term: str, *, revisions: bool) -> None:
        current = {self.versions(story)[-1].id for story in {a.page.story for a in self.articles}}
        wanted = {
            one.id
            for one in self.articles
            if term in one.page.said and (revisions or one.id in current)
        }
        hits = self.archive.search(term, limit=None, revisions=revisions)
        assert {hit.article for hit in hits} == wanted
        assert self.archive.count(term, revisions=revisions) == len(hits) == len(wanted)

    @rule(number=st.integers(0, 99))
    def bytes_are_those_that_came(self, number: int) -> None:
        if self.articles:
            one = self.articles[number % len(self.articles)]
            for page in one.captures:
                key = sha256(page.data).hexdigest()[:16]
                assert self.archive.raw(key) == page.data

    @invariant()
    def the_list_is_that_of_the_model(self) -> None:
        Whole.steps += 1
        listed = self.archive.articles(revisions=True)
        assert [(one.article, one.title) for one in listed] == [
            (one.id, one.page.story) for one in self.articles
        ]
        assert {one.path for one in self.archive.failures()} == self.failed

    def teardown(self) -> None:
        try:
            assert list(self.archive.check()) == []
        finally:
            self.archive.close()
            shutil.rmtree(self.folder)


@pytest.fixture(scope="module", autouse=True)
def prepared(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("stateful")
    Whole.template = folder / "template.db"
    schema.create(Whole.template)
    (folder / "pages").mkdir()
    for page in PAGES:
        (folder / "pages" / page.name).write_bytes(page.data)


def run(goes: int, decides: int, **options: Any) -> None:  # noqa: ANN401 - settings'
    """Many runs of the machine."""
    machine = seed(decides)(Whole)
    chosen = settings(max_examples=goes, stateful_step_count=STEPS, **options)
    run_state_machine_as_test(machine, settings=chosen)


def test_an_archive_holds_what_the_model_says_whatever_is_done() -> None:
    begun, decides = time.monotonic(), chance()
    for _ in range(rounds(1, 20)):
        run(100, decides.getrandbits(32))
    told(
        "hypothesis: whatever is done, against a model",
        file=__file__,
        rounds=Whole.runs,
        result=f"{Whole.steps - Whole.runs:,} steps, 0 differences, 0 findings of a check",
        control="entries of what is removed left in the index: found",
        seconds=time.monotonic() - begun,
    )


def test_an_index_that_keeps_what_is_removed_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "indexed", lambda _: [])
    with pytest.raises((AssertionError, BaseExceptionGroup)):
        run(20, 0, phases=[Phase.generate], database=None)
