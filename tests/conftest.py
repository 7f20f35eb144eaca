"""What the composer's tests share: finished cues, composed once per process, and the themes of a style."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import settings

from cuesmith.cue.compose import compose
from cuesmith.cue.cue import Cue
from cuesmith.motif.model import Theme
from cuesmith.specs.banks.library import Banks, load_banks, read_banks
from cuesmith.specs.load import load_style
from cuesmith.specs.show import ThemeSpec
from cuesmith.themes.make import make_themes
from cuesmith_render.fluid.discover import EMBEDDED_FONT, SOUNDFONT_VARIABLE, Soundfont

Composed: TypeAlias = Callable[[str, str, int], Cue]
BanksWith: TypeAlias = Callable[[Mapping[str, str]], Banks]

BANKS_FOLDER = Path(__file__).parents[1] / "styles" / "banks"

# The terminal is a plain one of 100 columns, also on build servers: typer reads these when it is first imported.
for _name in ("CLICOLOR_FORCE", "FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS", "TERMINAL_WIDTH", "TTY_COMPATIBLE"):
    os.environ.pop(_name, None)
os.environ["COLUMNS"] = "100"

# No property has a time limit: how fast a machine is must not fail a test.
settings.register_profile("cuesmith", deadline=None)
settings.load_profile("cuesmith")


@cache
def _composed(style: str, type_: str, seed: int) -> Cue:
    return compose(style=style, type=type_, seed=seed)


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


@pytest.fixture(scope="session", autouse=True)
def _the_same_on_every_machine(tmp_path_factory: pytest.TempPathFactory, embedded_font: Soundfont) -> Iterator[None]:
    """Neither the soundfonts of this machine nor what was measured of them change a test, also in other processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv(SOUNDFONT_VARIABLE, str(embedded_font.path))
        yield


@pytest.fixture(scope="session")
def composed() -> Composed:
    """(style, cue type, seed) → the cue of usual length; the same object every time it is asked for."""
    return _composed


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
