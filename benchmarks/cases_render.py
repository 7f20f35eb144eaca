"""Benchmark: rendering, compared with the plain `fluidsynth` command."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from ctypes.util import find_library as find_system_library
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.measure import Pair, Row, shown, side_by_side, timed
from cuesmith.cue.compose import compose
from cuesmith.cue.cue import Cue
from cuesmith.export.midi import assign_channels
from cuesmith_render.audio import render
from cuesmith_render.fluid.discover import Library, Soundfont, find_library, find_soundfont
from cuesmith_render.fluid.synth import BASE_GAIN, Bank

SAMPLE_RATE = 44100
STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
POLYPHONY = 1024
"""The same as in Cuesmith; with fluidsynth's default of 256 the command would drop voices and have less work."""


def _cue(style: str) -> Cue:
    """Return a cue of one minute on one MIDI port, because the command knows only one and would merge two."""
    cue = compose(style=style, type="battle", seed=0, seconds=60)
    if any(slot.port for slot in assign_channels(cue.performance.tracks)):
        raise RuntimeError("the cue of the render benchmark needs several MIDI ports; choose another seed")
    return cue


def _against_command(cue: Cue, soundfont: Soundfont, library: Library, folder: Path, what: str) -> Row:
    """Both load the font, synthesise and write a 24-bit WAV. Cuesmith also applies levels, limits and measures."""
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


def _shares(bank: Bank, folder: Path) -> list[Row]:
    """Measure the cost of one minute in all styles, and the shares of mastering and of writing FLAC."""
    minutes, masters, flacs = [], [], []
    for style in STYLES:
        cue = compose(style=style, type="battle", seed=0, seconds=30)
        audio = render(cue, bank=bank)
        pair = side_by_side(partial(render, cue, bank=bank), partial(render, cue, bank=bank, master=False))
        flac_sec = median(timed(partial(audio.save, folder / "cue.flac")) for _ in range(3))
        total_sec = pair.first_sec + flac_sec
        minutes.append(total_sec * 60 * SAMPLE_RATE / audio.frames)
        masters.append(100 * max(0.0, pair.first_sec - pair.second_sec) / total_sec)
        flacs.append(100 * flac_sec / total_sec)
    return [
        Row("stems, mix, master and FLAC of a minute", median(minutes), "s", note=_range("styles", minutes, "s")),
        Row("of which mastering", median(masters), "%", note=_range("gain, limiter, meters; styles", masters, "%")),
        Row("of which FLAC, 24 bits", median(flacs), "%", note=_range("styles", flacs, "%")),
    ]


def _range(what: str, values: list[float], unit: str) -> str:
    return f"{what} from {shown(min(values), unit)} to {shown(max(values), unit)}"


def rows() -> list[Row]:
    """Return all measurements of this module, in CPU time."""
    soundfont, library = find_soundfont(), find_library()
    heavy, light = _cue("symphonic"), _cue("jazz-rock")
    what = "render to mastered stereo, against the bare fluidsynth command"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        out = [
            _against_command(heavy, soundfont, library, folder, what),
            _against_command(light, soundfont, library, folder, "the same, a cue with little to synthesise"),
        ]
        if system := find_system_library("fluidsynth"):
            what = "the same as the first, both with the system's library"
            out.append(_against_command(heavy, soundfont, find_library(system), folder, what))
        with Bank(library, soundfont) as bank:
            return [*out, _stems(heavy, bank), *_shares(bank, folder)]
