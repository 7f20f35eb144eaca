"""Find the library and the soundfont, and explain the choice."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from cuesmith.errors import ComponentError
from cuesmith.remedies import remedy_for_extra
from cuesmith_render import diagnose
from cuesmith_render.fluid.discover import (
    LIBRARY_VARIABLE,
    SOUNDFONT_VARIABLE,
    Soundfont,
    find_library,
    find_soundfont,
    library_candidates,
    soundfont_candidates,
    user_soundfont_folder,
)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(LIBRARY_VARIABLE, raising=False)
    monkeypatch.delenv(SOUNDFONT_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def test_the_first_usable_candidate_is_taken() -> None:
    library, font = find_library(), find_soundfont()
    assert library.path == next(one.path for one in library_candidates() if one.usable)
    assert str(font.path) == next(one.path for one in soundfont_candidates() if one.usable)


def test_the_library_is_found_without_importing_pygame_or_pretty_midi() -> None:
    import subprocess

    code = (
        "import sys; from cuesmith_render import find_library, find_soundfont; find_library(); find_soundfont();"
        "sys.exit(bool({'pygame', 'pretty_midi'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_embedded_font_comes_last() -> None:
    assert soundfont_candidates()[-1].origin == "embedded"
    assert soundfont_candidates()[-1].usable


@pytest.mark.parametrize("variable", [False, True])
def test_a_named_font_that_is_missing_is_an_error(
    variable: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gone = tmp_path / "gone.sf2"
    if variable:
        monkeypatch.setenv(SOUNDFONT_VARIABLE, str(gone))
    with pytest.raises(ComponentError, match=r"gone\.sf2.*Remedy") as caught:
        find_soundfont(None if variable else gone)
    assert caught.value.exit_code == 4
    assert (SOUNDFONT_VARIABLE in str(caught.value)) == variable


def test_a_named_library_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ComponentError, match=r"no such file.*Remedy"):
        find_library(tmp_path / "libfluidsynth.so.3")


def test_another_library_is_not_taken_for_fluidsynth() -> None:
    import _ctypes

    with pytest.raises(ComponentError, match="not FluidSynth"):
        find_library(_ctypes.__file__)


def test_a_file_that_is_no_soundfont_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.sf2"
    page.write_text("<html>404</html>")
    with pytest.raises(ComponentError, match="not a SoundFont"):
        find_soundfont(page)


def test_nothing_at_all_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    from cuesmith_render.fluid import discover

    monkeypatch.setattr(discover, "_site_of", lambda package: None)
    monkeypatch.setattr(discover, "_SYSTEM_LIBRARIES", {})
    monkeypatch.setattr(discover, "_SYSTEM_FONT_FOLDERS", {})
    monkeypatch.setattr(discover, "find_system_library", lambda name: None)
    with pytest.raises(ComponentError, match=re.escape(remedy_for_extra("audio"))):
        find_library()
    with pytest.raises(ComponentError, match="pip install --force-reinstall pretty_midi"):
        find_soundfont()
    found = diagnose()
    assert found.library is None and found.soundfont is None
    assert found.advice == remedy_for_extra("audio")


@pytest.mark.skipif(sys.platform != "linux", reason="XDG folders are Linux's")
def test_a_font_in_the_users_folder_wins_and_the_good_ones_come_first(embedded_font: Soundfont) -> None:
    folder = user_soundfont_folder()
    folder.mkdir(parents=True)
    for name in ("Aardvark.sf2", "MuseScore_General.sf3", "readme.txt"):
        shutil.copy(embedded_font.path, folder / name)
    found = find_soundfont()
    assert (found.name, found.origin) == ("MuseScore_General", "user folder")
    mine = [Path(one.path).name for one in soundfont_candidates() if one.origin == "user folder"]
    assert mine == ["MuseScore_General.sf3", "Aardvark.sf2"]


def test_diagnose_tells_versions_and_advice(embedded_font: Soundfont) -> None:
    found = diagnose(soundfont=embedded_font.path)
    assert found.soundfont == Soundfont(embedded_font.path, "argument", "TimGM6mb")
    assert found.library is not None and found.library.version[0] == "2"
    assert dict(found.versions)["numpy"].count(".") == 2
    assert found.advice == ""
    plain = diagnose()
    assert (plain.advice != "") == (plain.soundfont is not None and plain.soundfont.origin == "embedded")
