"""Rendering, against the bare `fluidsynth` command and against itself."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from ctypes.util import find_library as find_system_library
from pathlib import Path

from benchmarks.measure import Pair, Row, side_by_side, timed
from cuesmith.cue import Cue, compose
from cuesmith.write.midi import assign_channels
from cuesmith_render.audio import render
from cuesmith_render.fluid.discover import Library, Soundfont, find_library, find_soundfont
from cuesmith_render.fluid.synth import BASE_GAIN, Bank

SAMPLE_RATE = 44100
POLYPHONY = 1024
"""As Cuesmith sets it; with fluidsynth's own 256 the command would drop voices and have less to do."""


def _cue() -> Cue:
    """Sixteen parts that fit one MIDI port: the command knows no other, and would merge two."""
    cue = compose(style="jazz-rock", type="battle", seed=0, seconds=90)
    if any(slot.port for slot in assign_channels(cue.performance.tracks)):
        raise RuntimeError("the cue of the render benchmark needs several MIDI ports; choose another seed")
    return cue


def _against_command(cue: Cue, soundfont: Soundfont, library: Library, folder: Path, what: str) -> Row:
    """Both load the font, synthesise and write a 24-bit WAV; ours is also levelled, limited and measured."""
    bar, moonshot = 1.10, 0.95
    command = shutil.which("fluidsynth")
    if command is None:
        return Row(what, None, "x", bar, moonshot, note="the fluidsynth command is not installed")
    midi, ours, theirs = folder / "cue.mid", folder / "ours.wav", folder / "theirs.wav"
    midi.write_bytes(cue.midi())
    options = ["-ni", "-q", "-r", str(SAMPLE_RATE), "-g", str(BASE_GAIN), "-o", f"synth.polyphony={POLYPHONY}"]
    line = [command, *options, "-T", "wav", "-O", "s24", "-F", str(theirs), str(soundfont.path), str(midi)]

    def run_ours() -> None:
        with Bank(library, soundfont) as bank:
            render(cue, bank=bank, stems=False, sample_rate=SAMPLE_RATE).save(ours)

    def run_theirs() -> None:
        subprocess.run(line, check=True, capture_output=True)

    pair = side_by_side(run_ours, run_theirs)
    return Row(what, pair.ratio, "x", bar, moonshot, note=f"library {library.version}; {_both(pair)}")


def _both(pair: Pair) -> str:
    return f"{pair.first_sec:.2f} s against {pair.second_sec:.2f} s"


def _stems(cue: Cue, bank: Bank) -> Row:
    divided = render(cue, bank=bank)
    pair = side_by_side(lambda: render(cue, bank=bank), lambda: render(cue, bank=bank, stems=False))
    what = f"{len(divided.stems)} stems and the mix in one pass, against one mix"
    return Row(what, pair.ratio, "x", 1.35, 1.10, note=_both(pair))


def _shares(cue: Cue, bank: Bank, folder: Path) -> list[Row]:
    """What is not synthesis, as a share of rendering a mix and writing it as FLAC."""
    audio = render(cue, bank=bank, stems=False)
    target = folder / "cue.flac"
    mastering = side_by_side(
        lambda: render(cue, bank=bank, stems=False), lambda: render(cue, bank=bank, stems=False, master=False)
    )
    writing = sorted(timed(lambda: audio.save(target)) for _ in range(3))[1]
    total_sec = mastering.first_sec + writing
    minutes = audio.frames / SAMPLE_RATE / 60
    spent = max(0.0, mastering.first_sec - mastering.second_sec)
    return [
        Row("render, master and write a minute of FLAC", total_sec / minutes, "s", note=f"{audio.report.soundfont}"),
        Row("of which mastering", 100 * spent / total_sec, "%", note="gain, limiter and the meters after it"),
        Row("of which FLAC, 24 bits", 100 * writing / total_sec, "%", note=f"{writing / minutes:.3f} s a minute"),
    ]


def rows() -> list[Row]:
    """Every measurement of this module, CPU time throughout."""
    soundfont, library = find_soundfont(), find_library()
    cue = _cue()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        out = [
            _against_command(
                cue, soundfont, library, folder, "render to mastered stereo, against the bare fluidsynth command"
            )
        ]
        if system := find_system_library("fluidsynth"):
            what = "the same, both with the system's library"
            out.append(_against_command(cue, soundfont, find_library(system), folder, what))
        with Bank(library, soundfont) as bank:
            return [*out, _stems(cue, bank), *_shares(cue, bank, folder)]
