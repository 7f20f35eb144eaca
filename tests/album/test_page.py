"""The album page: well formed, complete, safe, and working in a browser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from cuesmith.export.pianoroll import pianoroll_svg
from cuesmith.show.compose_show import compose_show
from cuesmith.specs.show import Show
from cuesmith_render.album import AlbumReport
from cuesmith_render.album.page import ROLL_HEIGHT, ROLL_LEFT, ROLL_RIGHT, ROLL_WIDTH, write_page

VOID = {"meta", "link", "img", "br", "hr", "input"}
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")

# Run in a copy of the page. `paused` changes at once, events and metadata come later: wait, then read.
PROBE = """
<script>
(async () => {
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const players = [...document.querySelectorAll("audio")];
  const out = {title: document.title};
  await Promise.all(players.map((audio) => new Promise((done) => {
    audio.muted = true;
    audio.addEventListener("loadedmetadata", done);
    audio.addEventListener("error", done);
    audio.preload = "metadata";
    audio.load();
  })));
  out.durations = players.map((audio) => audio.duration);
  const roll = document.querySelector(".roll"), box = roll.getBoundingClientRect();
  const clock = JSON.parse(roll.dataset.clock);
  const at = box.left + box.width * (Number(roll.dataset.left) + Number(roll.dataset.right)) / 2;
  roll.dispatchEvent(new MouseEvent("click", {bubbles: true, clientX: at, clientY: box.top + 20}));
  out.rollSeek = players[0].currentTime;
  await wait(50);
  out.headAt = (parseFloat(document.querySelector(".playhead").style.left) / 100);
  players[0].pause();
  const section = [...document.querySelectorAll(".form")].at(-1).querySelector("button:last-child");
  document.querySelectorAll(".at")[0].click();
  await wait(50);
  out.pausedAfterFirst = players.map((audio) => audio.paused);
  section.click();
  await wait(50);
  out.pausedAfterSecond = players.map((audio) => audio.paused);
  document.getElementById("play-all").click();
  await wait(50);
  out.pausedAfterAll = players.map((audio) => audio.paused);
  players[0].dispatchEvent(new Event("ended"));
  await wait(50);
  out.pausedAfterEnd = players.map((audio) => audio.paused);
  out.label = document.getElementById("play-all").textContent;
  document.getElementById("play-all").click();
  await wait(50);
  out.pausedAfterStop = players.map((audio) => audio.paused);
  const pre = document.createElement("pre");
  pre.id = "probe";
  pre.textContent = JSON.stringify(out);
  document.body.append(pre);
})();
</script>
"""


class _Outline(HTMLParser):
    """Check that tags nest, and collect what the tests need."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append((self.open[-1] if self.open else "", data.strip()))

    def links(self) -> set[str]:
        """Return everything the page refers to."""
        return {attrs[name] for _, attrs in self.tags for name in ("src", "href") if name in attrs}


@pytest.fixture(scope="module")
def outline(album: AlbumReport) -> _Outline:
    return _Outline(album.index.read_text(encoding="utf-8"))


def test_everything_it_refers_to_exists(album: AlbumReport, outline: _Outline) -> None:
    anchors = {attrs["id"] for _, attrs in outline.tags if "id" in attrs}
    files = set()
    for link in outline.links():
        if link.startswith("#"):
            assert link[1:] in anchors
        elif not link.startswith("data:"):
            assert ":" not in link
            assert not link.startswith("/")
            files.add(unquote(link))
            assert (album.out_dir / unquote(link)).is_file()
    assert files == {path.name for path in album.out_dir.iterdir()} - {"index.html"}
    labelled = {attrs["aria-labelledby"] for _, attrs in outline.tags if "aria-labelledby" in attrs}
    assert labelled <= anchors
    ids = [attrs["id"] for _, attrs in outline.tags if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_it_needs_no_network(album: AlbumReport) -> None:
    text = album.index.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert "http:" not in text
    assert "https:" not in text
    assert not re.search(r"fetch\(|XMLHttpRequest|@import|url\(", text)
    assert album.index.stat().st_size < 300_000


def test_titles_are_escaped(album: AlbumReport, outline: _Outline, tiny_show: Show) -> None:
    tags = [tag for tag, _ in outline.tags]
    assert tags.count("script") == 1
    assert "i" not in tags  # of the about line
    headings = [words for tag, words in outline.words if tag == "h3"]
    assert headings[-2:] == [track.title for track in album.tracks]
    assert ("title", tiny_show.title) in outline.words
    assert ("p", tiny_show.about) in outline.words
    players = [attrs for tag, attrs in outline.tags if tag == "audio"]
    assert [attrs["aria-label"] for attrs in players] == [track.title for track in album.tracks]
    assert all(attrs["preload"] == "none" and "controls" in attrs for attrs in players)


def test_the_page_describes_the_music(album: AlbumReport, outline: _Outline, tiny_show: Show) -> None:
    cue_set = compose_show(tiny_show)
    for cue in cue_set.cues:
        sections = [s.name for s in cue.score.plan.sections]
        told = [words for tag, words in outline.words if tag == "dt"]
        assert set(sections) <= set(told)
    headings = [words for tag, words in outline.words if tag == "h3"]
    assert headings[: len(cue_set.themes)] == list(cue_set.themes)
    notes = sum(attrs.get("class") == "note" for tag, attrs in outline.tags if tag == "rect")
    assert notes == sum(len(theme.melody.notes) for theme in cue_set.themes.values())


def test_large_pictures_are_separate_files(album: AlbumReport, tiny_show: Show, tmp_path: Path) -> None:
    cue_set = compose_show(tiny_show)
    index = write_page(cue_set, album.tracks, album.soundfont, tmp_path, inline_limit_bytes=1000)
    images = [attrs for tag, attrs in _Outline(index.read_text(encoding="utf-8")).tags if tag == "img"]
    assert [attrs["src"] for attrs in images] == [f"pictures/{cue.file_stem}.svg" for cue in cue_set.cues]
    for attrs in images:
        assert (tmp_path / attrs["src"]).read_text(encoding="utf-8").startswith("<svg ")


def test_a_click_is_converted_with_the_axis_of_the_picture(tiny_show: Show) -> None:
    svg = pianoroll_svg(compose_show(tiny_show).cues[0].performance, width=ROLL_WIDTH, height=ROLL_HEIGHT)
    lanes = re.findall(r'<rect x="(\d+)" y="[\d.]+" width="(\d+)"', svg)
    assert (str(ROLL_LEFT), str(ROLL_WIDTH - ROLL_LEFT - ROLL_RIGHT)) in lanes


@pytest.mark.skipif(BROWSER is None, reason="no chromium or google-chrome on this machine")
def test_it_plays_in_a_browser(album: AlbumReport, tiny_show: Show, tmp_path: Path) -> None:
    for path in album.out_dir.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    page = tmp_path / "index.html"
    page.write_text(page.read_text(encoding="utf-8").replace("</body>", PROBE + "</body>"), encoding="utf-8")
    found = _probe(page, tmp_path / "profile")
    assert found["title"] == tiny_show.title
    assert found["durations"] == pytest.approx([track.seconds for track in album.tracks], abs=0.05)
    plan = compose_show(tiny_show).cues[0].score.plan
    assert found["rollSeek"] == pytest.approx(plan.tempo.seconds(plan.length // 2), abs=0.1)
    middle = (ROLL_LEFT + (ROLL_WIDTH - ROLL_RIGHT)) / 2 / ROLL_WIDTH
    assert found["headAt"] == pytest.approx(middle, abs=0.05)
    assert found["pausedAfterFirst"] == [False, True]
    assert found["pausedAfterSecond"] == [True, False]
    assert found["pausedAfterAll"] == [False, True]
    assert found["pausedAfterEnd"] == [True, False]
    assert found["label"] == "Stop"
    assert found["pausedAfterStop"] == [True, True]


def _probe(page: Path, profile: Path) -> dict[str, object]:
    flags = (
        "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
        " --disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required"
        " --virtual-time-budget=10000 --dump-dom"
    )
    run = subprocess.run(
        [str(BROWSER), *flags.split(), f"--user-data-dir={profile}", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    match = re.search(r'<pre id="probe">(.*?)</pre>', run.stdout, re.DOTALL)
    assert match is not None, run.stdout[-500:]
    found: dict[str, object] = json.loads(match[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    return found
