"""What the composer's tests share: finished cues, composed once per process, and the themes of a style."""

from __future__ import annotations

import gc
import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import settings
from tests.grids import thinned
from tests.shared import Shared

from cuesmith.cue.compose import compose
from cuesmith.cue.cue import Cue
from cuesmith.motif.model import Theme
from cuesmith.specs.banks.library import Banks, load_banks, read_banks
from cuesmith.specs.load import load_style
from cuesmith.specs.show import ThemeSpec
from cuesmith.themes.make import make_themes
from cuesmith_render.fluid.discover import EMBEDDED_FONT, SOUNDFONT_VARIABLE, Soundfont

Composed: TypeAlias = Callable[[str, str, int], Cue]
UnderRecipe: TypeAlias = Callable[[str, str, str], Cue]
Seeds: TypeAlias = tuple[int, ...]
BanksWith: TypeAlias = Callable[[Mapping[str, str]], Banks]

BANKS_FOLDER = Path(__file__).parents[1] / "styles" / "banks"

# The terminal is a plain one of 100 columns, also on build servers: typer reads these when it is first imported.
for _name in ("CLICOLOR_FORCE", "FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS", "TERMINAL_WIDTH", "TTY_COMPATIBLE"):
    os.environ.pop(_name, None)
os.environ["COLUMNS"] = "100"

# No property has a time limit: how fast a machine is must not fail a test.
settings.register_profile("cuesmith", deadline=None)
settings.load_profile("cuesmith")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="all cases and seeds of the largest grids")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("full"):
        items[:], left_out = thinned(items)
        config.hook.pytest_deselected(items=left_out)


def pytest_collection_finish() -> None:
    """Let the collector of cycles run seldom: cues are kept, they are millions of small objects without a cycle."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@cache
def _themes(style: str) -> Mapping[str, Theme]:
    specs = {"hero": ThemeSpec(character="heroic"), "home": ThemeSpec(character="tender")}
    return make_themes(specs, load_style(style), load_banks(), "tests")


@pytest.fixture(scope="session")
def embedded_font() -> Soundfont:
    """TimGM6mb of the pretty_midi wheel, the one soundfont that every installation has."""
    found = importlib.util.find_spec("pretty_midi")
    assert found is not None and found.origin is not None
    return Soundfont(Path(found.origin).parent / EMBEDDED_FONT, "embedded", "TimGM6mb")


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run have in common."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session", autouse=True)
def _the_same_on_every_machine(
    tmp_path_factory: pytest.TempPathFactory, run_folder: Path, embedded_font: Soundfont
) -> Iterator[None]:
    """The soundfonts of this machine, and what was measured of them, change no test; in other processes neither.

    The processes that tests start find the package compiled, even where Python is told to write no compiled files.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv(SOUNDFONT_VARIABLE, str(embedded_font.path))
        patch.setenv("PYTHONPYCACHEPREFIX", str(run_folder / "compiled"))
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        yield


@pytest.fixture(scope="session")
def shared(run_folder: Path) -> Shared:
    """(name, how it is made) → the thing, made once in this run."""
    return Shared(run_folder)


@pytest.fixture(scope="session")
def composed(shared: Shared) -> Composed:
    """(style, cue type, seed) → the cue of usual length; the same object every time it is asked for."""

    def find(style: str, type_: str, seed: int) -> Cue:
        return shared(f"cue {style} {type_} {seed}", lambda: compose(style=style, type=type_, seed=seed))

    return find


@pytest.fixture(scope="session")
def under_recipe(shared: Shared) -> UnderRecipe:
    """(style, cue type, recipe) → the cue whose theme comes under the recipe; each style has its own seed."""

    def find(style: str, type_: str, recipe: str) -> Cue:
        return shared(
            f"recipe {style} {type_} {recipe}",
            lambda: compose(style=style, type=type_, seed=f"recipe {style}", recipe=recipe),
        )

    return find


@pytest.fixture(scope="session")
def full(pytestconfig: pytest.Config) -> bool:
    """Whether every case is taken."""
    return bool(pytestconfig.getoption("full"))


@pytest.fixture(scope="session")
def seeds(full: bool) -> Seeds:
    """The seeds of the largest grids of cues: one, with --full two."""
    return (1, 2) if full else (1,)


@pytest.fixture(scope="session")
def themes_of() -> Callable[[str], Mapping[str, Theme]]:
    """Style → its two themes, hero and home."""
    return _themes


@pytest.fixture(scope="session")
def banks() -> Banks:
    """The banks that ship with Cuesmith."""
    return load_banks()


@pytest.fixture
def banks_with(tmp_path: Path) -> BanksWith:
    """Table → rows as YAML: the banks with these rows written under the others of their files."""

    def read(rows: Mapping[str, str]) -> Banks:
        folder = tmp_path / "banks"
        shutil.copytree(BANKS_FOLDER, folder, dirs_exist_ok=True)
        for table, text in rows.items():
            with (folder / f"{table}.yaml").open("a", encoding="utf-8") as file:
                file.write(text)
        return read_banks(folder)

    return read
