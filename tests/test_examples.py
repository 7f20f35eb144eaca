"""The scripts in examples/ run as a user would run them; what they write is read back with other libraries."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import mido
import numpy as np
import pytest
import soundfile

FOLDER = Path(__file__).resolve().parents[1] / "examples"
SCRIPTS = tuple(sorted(file.name for file in FOLDER.glob("*.py")))
SHORTEST, LONGEST = 15, 40  # lines of a script
ACCORDION = 21  # General MIDI program, from 0
GIVEN = (3, 4, -2, -2, -1, -2, -5)  # semitones of E4 G4 B4 A4 G4 F#4 E4 B3, the notes in own_theme.py


def run(script: str, folder: Path) -> list[str]:
    """Run a script in a new process in an empty folder; returns the lines it printed."""
    before = sorted(FOLDER.iterdir())
    done = subprocess.run(
        [sys.executable, "-W", "error", str(FOLDER / script)],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    assert [path for path in sorted(FOLDER.iterdir()) if path.name != "__pycache__"] == before, "it wrote beside itself"
    return done.stdout.splitlines()


def notes_of(track: mido.MidiTrack) -> list[int]:
    return [message.note for message in track if message.type == "note_on"]


def programs_of(file: mido.MidiFile) -> set[int]:
    """Return the programs of its tracks, without drums."""
    found = [m for track in file.tracks for m in track if m.type == "program_change"]
    return {message.program for message in found if message.channel != 9}


def meter_of(file: mido.MidiFile) -> tuple[int, int]:
    first = next(m for track in file.tracks for m in track if m.type == "time_signature")
    return first.numerator, first.denominator


def test_a_cue(tmp_path: Path) -> None:
    printed = run("a_cue.py", tmp_path)
    file = mido.MidiFile(tmp_path / "boss.mid")
    assert abs(file.length - 40) < 0.01
    told = json.loads((tmp_path / "boss.json").read_text("utf-8"))
    assert told["type"] == "battle" and told["seconds"] == 40
    assert ElementTree.parse(tmp_path / "boss.svg").getroot().tag.endswith("svg")
    assert printed[0].startswith("Battle: ") and f"{told['bars']} bars, 40 s, {len(told['parts'])} parts" in printed[0]
    sections = [line.split()[2] for line in printed if "level" in line]
    assert sections == [section["name"] for section in told["sections"]]


def test_a_show(tmp_path: Path) -> None:
    printed = run("a_show.py", tmp_path)
    files = sorted((tmp_path / "salt-and-lanterns").iterdir())
    assert [file.name[:4] for file in files] == ["m001", "m101", "m401", "m401", "m501"]
    for file, seconds in zip(files, (32, 24, 30, 30, 6), strict=True):
        read = mido.MidiFile(file)
        assert abs(read.length - seconds) < 0.01
        assert any(notes_of(track) for track in read.tracks)
    assert len(printed) == len(files) + 1 and "'triumphant'" in printed[-1]


def test_own_theme(tmp_path: Path) -> None:
    """One track plays the given notes one after another, in some key."""
    printed = run("own_theme.py", tmp_path)
    assert printed[0].startswith("E minor") and "8 notes given" in printed[0]
    heard = 0
    for name in ("m201_remembered", "m202_lost", "m901_at-last"):
        for track in mido.MidiFile(tmp_path / f"{name}.mid").tracks:
            steps = np.diff(notes_of(track))
            windows = [tuple(steps[at : at + len(GIVEN)].tolist()) for at in range(len(steps) - len(GIVEN) + 1)]
            heard += GIVEN in windows
    assert heard


def test_own_style(tmp_path: Path) -> None:
    printed = run("own_style.py", tmp_path)
    before, after = (mido.MidiFile(tmp_path / f"{name}.mid") for name in ("before", "after"))
    assert (meter_of(before), meter_of(after)) == ((4, 4), (3, 4))
    assert ACCORDION in programs_of(after) and ACCORDION not in programs_of(before)
    assert printed[0].startswith("Tugboat") and "Accordion" in printed[-1]


def test_stems(tmp_path: Path) -> None:
    """The stems have the same length, exactly that of the loop, and add up to the mix."""
    printed = run("stems.py", tmp_path)
    mix, rate = soundfile.read(tmp_path / "deck.flac")
    stems = [soundfile.read(file)[0] for file in sorted((tmp_path / "stems").iterdir())]
    assert len(mix) == 24 * rate and len(stems) >= 3
    assert np.abs(sum(stems) - mix).max() < len(stems) * 2**-22
    assert "loop: True, -18." in printed[0] and len(printed) == 1 + len(stems)


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_are_short_and_explain_themselves(script: str) -> None:
    text = (FOLDER / script).read_text("utf-8")
    assert SHORTEST <= len(text.splitlines()) <= LONGEST
    assert ast.get_docstring(ast.parse(text))
    assert f"({script})" in (FOLDER / "README.md").read_text("utf-8")


def test_every_script_is_run() -> None:
    tests = {name.removeprefix("test_") + ".py" for name in globals() if name.startswith("test_")}
    assert tests >= set(SCRIPTS)
