"""The documents are true: links lead somewhere, files and names exist, code runs, counts and tables are right.

Commands are checked in `test_docs_commands.py`.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from tests.documents import DOCUMENTS, NOT_RUN, ROOT, Block, Document
from tests.test_house import STAGES
from tools.list_modules import PAGE, page

from cuesmith.cue.edit_score import STEPS
from cuesmith.motif.ops import OPS
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.load import load_style, show_from
from cuesmith.specs.yaml.document import read_document

BANKS = load_banks()
STYLES = tuple(sorted(path.stem for path in (ROOT / "styles").glob("*.yaml")))
MAIN_STYLES = ("jazz-rock", "symphonic", "synth", "taiko-koto")
IMAGINED = frozenset({"styles/harbour-town.yaml"})  # files that a document tells the reader to make

every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.name))


def named(name: str) -> Document:
    return next(document for document in DOCUMENTS if document.name == name)


def blocks(language: str) -> list[object]:
    """Every block of a language, as parameters of a test."""
    found = [(document, block) for document in DOCUMENTS for block in document.blocks if block.language == language]
    return [pytest.param(block, id=f"{document.name}:{block.line}") for document, block in found]


# -- links, files and names ------------------------------------------------------------------------------------------


@every_document
def test_links_lead_somewhere(document: Document) -> None:
    for link in document.links:
        if re.match(r"https?://", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.path.parent / path).resolve() if path else document.path
        assert target.exists() and target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in named(target.relative_to(ROOT).as_posix()).anchors, link


def files_in(document: Document) -> Iterator[str]:
    """What it names as files of the project."""
    for span in document.spans:
        if re.fullmatch(r"(engine|render|styles|presets|docs|tests|tools|examples|benchmarks)/[\w./-]+", span):
            yield span


@every_document
def test_files_exist(document: Document) -> None:
    missing = [name for name in files_in(document) if not (ROOT / name).exists()]
    assert not set(missing) - IMAGINED


FILE_ENDINGS = ("json", "mid", "midi", "yaml", "svg", "md", "py", "flac", "csv", "edl", "toml", "lock")


def resolve(name: str) -> object:
    """The module or what it holds by a dotted name. Raises ImportError or AttributeError."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        return found
    raise ImportError(name)


def names_in(document: Document) -> Iterator[str]:
    """The dotted names of our own modules and functions; those of variables called `cue` are not."""
    for span in document.spans:
        first, _, rest = span.partition(".")
        if not re.fullmatch(r"\w+(\.\w+)+", span) or rest in FILE_ENDINGS or span.startswith("cue.score"):
            continue
        if first in ("cuesmith", "cuesmith_render"):
            yield span
        elif first in STAGES:
            yield f"cuesmith.{span}"


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if d.name != "CHANGELOG.md"], ids=lambda d: str(d.name))
def test_names_exist(document: Document) -> None:
    for name in names_in(document):
        resolve(name)


def test_moved_names_are_where_the_changelog_says() -> None:
    rows = named("CHANGELOG.md").table("name")
    assert rows
    for names, was, now in rows:
        for name in re.findall(r"`(\w+)`", names):
            resolve(f"{now.strip('`')}.{name}")
        assert was != now


# -- code ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", blocks("python"))
def test_python_runs(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if NOT_RUN in block.head:
        compile(block.text, "block", "exec")
        return
    monkeypatch.chdir(tmp_path)
    exec(compile(block.text, "block", "exec"), {"__name__": "block"})


HERO = {"hero": {"character": "heroic"}, "rival": {"character": "villain"}}
STINGER = [{"id": "M-501", "type": "stinger"}]


def show_around(data: object) -> Mapping[str, object] | None:
    """A whole show with a part of one in it; None when it is of something else."""
    if isinstance(data, list) and all(isinstance(row, dict) and "id" in row for row in data):
        return {"title": "Block", "themes": HERO, "cues": data}
    if isinstance(data, dict) and (isinstance(data.get("cues"), list) or "themes" in data):
        return {"title": "Block", "themes": HERO, "cues": STINGER, **data}
    return None


@pytest.mark.parametrize("block", blocks("yaml"))
def test_yaml_is_read(block: Block, tmp_path: Path) -> None:
    """Whole shows and parts of shows are valid; other blocks (of styles and banks) are YAML at least."""
    data = yaml.safe_load(block.text)
    if (show := show_around(data)) is not None:
        file = tmp_path / "show.yaml"
        file.write_text(yaml.safe_dump(show), encoding="utf-8")
        assert show_from(read_document(file)).cues
    assert isinstance(data, dict | list)


# -- counts ----------------------------------------------------------------------------------------------------------

COUNTED: Mapping[str, int] = {
    "kinds of cue":               len(BANKS.cue_types),
    "cue types":                  len(BANKS.cue_types),
    "styles":                     len(STYLES),
    "main styles":                len(MAIN_STYLES),
    "other styles":               len(STYLES) - len(MAIN_STYLES),
    "more styles":                len(STYLES) - len(MAIN_STYLES),
    "rules":                      len(BANKS.rules),
    "progressions":               len(BANKS.progressions),
    "feelings":                   len(BANKS.feelings),
    "recipes":                    len(BANKS.recipes),
    "characters":                 len(BANKS.characters),
    "treatments":                 len(BANKS.treatments),
    "operations":                 len(OPS),
    "editing steps":              len(STEPS),
    "tunes in the public domain": len(BANKS.deny_list),
}  # fmt: skip
# Counts of some of them, where a sentence speaks of a measurement or of a selection.
OF_SOME = {
    ("docs/benchmarks.md", "four styles"),
    ("docs/benchmarks.md", "six cue types"),
}
UNITS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
         "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
WORDS = {(TENS[n // 10] + ("-" if n % 10 else "") + UNITS[n % 10]) if n >= 20 else UNITS[n]: n for n in range(1, 100)}
COUNT = re.compile(rf"\b(\d+|{'|'.join(sorted(WORDS, key=len, reverse=True))}) ({'|'.join(COUNTED)})\b", re.IGNORECASE)


def counts_in(text: str) -> Iterator[tuple[str, int, int]]:
    """(what is said, the number in it, the number it should be)."""
    for match in COUNT.finditer(" ".join(text.split())):
        said = match[1].lower()
        yield match[0], int(said) if said.isdigit() else WORDS[said], COUNTED[match[2].lower()]


@every_document
def test_counts_are_those_of_the_data(document: Document) -> None:
    """What was true when it was written, in the changelog and in decisions, stays as it was."""
    if document.name.startswith(("CHANGELOG", "docs/decisions/")):
        return
    wrong = {said: right for said, number, right in counts_in(document.text) if number != right}
    assert not {said for said in wrong if (document.name, said) not in OF_SOME}, wrong


def test_counts_are_found() -> None:
    found = [said for document in DOCUMENTS for said, _, _ in counts_in(document.text)]
    assert {said.split(" ", 1)[1].lower() for said in found} >= {"kinds of cue", "rules", "progressions", "feelings"}
    assert list(counts_in("over thirty-two\nkinds of cue")) == [("thirty-two kinds of cue", 32, len(BANKS.cue_types))]
    texts = {document.name: " ".join(document.text.split()) for document in DOCUMENTS}
    assert all(said in texts[name] for name, said in OF_SOME), "an exception that nobody needs"


# -- tables and lists ------------------------------------------------------------------------------------------------


def test_the_table_of_editing_steps() -> None:
    """On failure copy the right side into docs/architecture.md."""
    rows = named("docs/architecture.md").table("step")
    assert rows == tuple((s.name, f"`{s.edit.__module__.removeprefix('cuesmith.')}`", s.promise) for s in STEPS)


def test_the_table_of_styles() -> None:
    rows = {row[0].strip("`"): row[2] for row in named("docs/styles.md").table("style")}
    assert sorted(rows) == sorted(set(STYLES) - set(MAIN_STYLES))
    for name, made in rows.items():
        extended = [parent for parent in STYLES if f"extends `{parent}`" in made]
        kin = [parent for parent in STYLES if f"kin to `{parent}`" in made]
        assert sorted({*extended, *kin}) == sorted(load_style(name).kin), name


def test_the_table_of_treatments() -> None:
    rows = {name.strip("`"): about for name, about in named("docs/styles.md").table("treatment")}
    assert rows == {name: row.about for name, row in BANKS.treatments.items()}


def test_the_list_of_modules() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python -m tools.list_modules"


def test_the_index_has_every_document_once() -> None:
    index = named("docs/README.md")
    linked = [(index.path.parent / link).resolve().relative_to(ROOT).as_posix() for link in index.links]
    assert len(linked) == len(set(linked))
    pages = {document.name for document in DOCUMENTS if document.name.startswith("docs/")} - {index.name}
    assert set(linked) >= pages | {"README.md", "CONTRIBUTING.md", "tests/README.md"}
    assert "docs/README.md" in named("README.md").links
