"""Check that Cuesmith works on this machine: compose and render a cue and an album of two cues, by the command line.

    python -m tools.smoke [--same-as PYTHON]

The files are read back with mido and soundfile. With `--same-as`, another Python composes the same music, and every
MIDI file must have the same bytes, for any version of Python, NumPy and the rest. The exit code is 1 when something is
wrong. It takes half a minute.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

import mido
import numpy as np
import soundfile

CUE_SEC = 20
CUE = ("cue", "--style", "symphonic", "--type", "battle", "--seconds", str(CUE_SEC), "--seed", "7", "-q")
SHOW = """\
title: Smoke
seed: 7
style: jazz-rock
themes:
  hero: {character: heroic, key: D major}
cues:
  - {id: M-101, title: Chase, type: chase, themes: [hero], seconds: 15}
  - {id: M-102, title: Gate, type: ceremony, style: taiko-koto, themes: [hero], seconds: 15}
"""
LEAST_NOTES, LEAST_PEAK = 100, 0.1  # a peak of -20 dBFS
PACKAGES = ("numpy", "pydantic", "typer", "mido", "scipy", "soundfile", "pygame-ce")


class SmokeError(Exception):
    """A result that is not as it should be."""


def cuesmith(python: str, folder: Path, *arguments: str) -> None:
    """Run the command line of a Python in a folder. Raises SmokeError with its error output when it fails."""
    command = [python, "-m", "cuesmith", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise SmokeError(f"{' '.join(command)}\nended with {done.returncode}:\n{done.stderr}")


def composed(python: str, folder: Path) -> dict[str, bytes]:
    """Return the MIDI files that a Python composes: name → bytes."""
    folder.mkdir()
    (folder / "show.yaml").write_text(SHOW, "utf-8")
    cuesmith(python, folder, *CUE, "-o", "cue.mid")
    cuesmith(python, folder, "show", "show.yaml", "-q", "-o", "show")
    return {file.name: file.read_bytes() for file in sorted(folder.rglob("*.mid"))}


def check_midi(file: Path, seconds: float) -> None:
    """Check that the MIDI file has the requested length and enough notes. Raises SmokeError."""
    midi = mido.MidiFile(file)
    notes = sum(message.type == "note_on" and message.velocity > 0 for track in midi.tracks for message in track)
    if abs(midi.length - seconds) > 0.01 or notes < LEAST_NOTES:
        raise SmokeError(f"{file.name}: {midi.length:.2f} s, {notes} notes, not {seconds} s, {LEAST_NOTES} or more")


def check_sound(file: Path, seconds: float) -> None:
    """Check that the audio file is stereo, a little longer than the music, and not silent. Raises SmokeError."""
    samples, sample_rate = soundfile.read(file)
    length_sec, peak = len(samples) / sample_rate, float(np.abs(samples).max())
    if samples.shape[1] != 2 or not seconds <= length_sec < seconds + 20 or peak < LEAST_PEAK:
        raise SmokeError(f"{file.name}: {samples.shape[1]} channels, {length_sec:.2f} s, peak {peak:.3f}")


def smoke(folder: Path, same_as: str | None) -> dict[str, bytes]:
    """Make and check everything in an empty folder; returns the MIDI files. Raises SmokeError."""
    made = composed(sys.executable, folder / "here")
    if len(made) != 3:
        raise SmokeError(f"three MIDI files were asked for, these were written: {', '.join(made)}")
    check_midi(folder / "here" / "cue.mid", CUE_SEC)
    cuesmith(sys.executable, folder / "here", *CUE, "-o", "cue.flac")
    check_sound(folder / "here" / "cue.flac", CUE_SEC)
    cuesmith(sys.executable, folder / "here", "album", "show.yaml", "-q", "-j", "2", "-o", "album")
    tracks = sorted((folder / "here" / "album").glob("*.flac"))
    if len(tracks) != 2 or not (folder / "here" / "album" / "index.html").is_file():
        raise SmokeError(f"an album of two cues and a page was asked for, but there are: {', '.join(map(str, tracks))}")
    for track in tracks:
        check_sound(track, 15)
    if same_as is not None and (there := composed(same_as, folder / "there")) != made:
        different = sorted(name for name in made if made[name] != there.get(name))
        raise SmokeError(f"{same_as} composes other bytes: {', '.join(different)}")
    return made


def main(arguments: list[str] | None = None) -> None:
    """Run the check, and print one line: the versions in use and the hash of all MIDI bytes."""
    parser = argparse.ArgumentParser(prog="python -m tools.smoke", description=__doc__.partition("\n")[0])
    parser.add_argument("--same-as", metavar="PYTHON", help="another Python, which must compose the same bytes")
    same_as = parser.parse_args(arguments).same_as
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    here = f"Python {platform.python_version()}, {versions}"
    with tempfile.TemporaryDirectory() as folder:
        try:
            made = smoke(Path(folder), str(Path(same_as).absolute()) if same_as else None)
        except SmokeError as fault:
            sys.exit(f"smoke failed: {here}\n{fault}")
    digest = hashlib.sha256(b"".join(made.values())).hexdigest()[:16]
    compared = " (the same there)" if same_as else ""
    print(f"smoke passed: {here}; MIDI {digest}{compared}")


if __name__ == "__main__":
    main()
