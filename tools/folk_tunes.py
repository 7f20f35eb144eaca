"""Read folk songs: ABC files of music21's corpus as notes in ticks, with key and meter.

Only the part of ABC that the Essen files use is read: notes, accidentals (valid to the bar line), lengths, rests, ties,
triplets. A tune with anything else, without a meter, or with bars that do not add up is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from cuesmith.music.meter import Meter, parse_meter
from cuesmith.music.note import PPQ
from cuesmith.music.scale import Key

TuneNote = tuple[int, int, int]  # onset, duration (ticks), pitch

_TOKEN = re.compile(r"(\|[\]|:]?|:\||::)|\((\d)|([_=^]{0,2})([A-Ga-gzx])([,']*)(\d*)(/*)(\d*)(-?)|(\S)")
_KEY = re.compile(r"([A-G])([b#]?)(m?)$")
_LETTER = dict(zip("CDEFGAB", (0, 2, 4, 5, 7, 9, 11), strict=True))
_SIGNS = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}
_SHARPS, _FLATS = "FCGDAEB", "BEADGCF"
_NEW = re.compile(r"xin minge|geming|neue", re.IGNORECASE)  # songs of the twentieth century with an author
CROOKED = 0.1  # greatest share of bar lines in a wrong place


class Tune(NamedTuple):
    """A song: the file and its number there, its notes from a bar line on, key and meter."""

    source: str
    number: int
    notes: tuple[TuneNote, ...]
    key: Key
    meter: Meter


def read_tunes(file: Path, *, final_is_tonic: bool = False, every: int = 1) -> Iterator[Tune]:
    """Yield the usable tunes of an ABC file, in order.

    final_is_tonic: take the last note as the tonic instead of the K field (in the Chinese songs K names the note `do`).
    every: read only every n-th tune.
    """
    for block in re.split(r"\n(?=X:)", file.read_bytes().decode("latin-1").replace("\r", ""))[::every]:
        fields = dict(re.findall(r"^([XMLK]):\s*(\S+)", block, re.MULTILINE))
        if len(fields) != 4 or _NEW.search(" ".join(re.findall(r"^[NR]:(.*)", block, re.MULTILINE))):
            continue
        try:
            meter = parse_meter(fields["M"])
        except ValueError:
            continue
        key = _KEY.match(fields["K"])
        body = "\n".join(line for line in block.split("\n") if line and not re.match(r"[A-Za-z]:|%", line))
        notes = _notes(body, _signature(*key.groups()), Fraction(fields["L"]), meter) if key else ()
        if key and len(notes) >= 12:
            tonic = (_LETTER[key[1]] + {"#": 1, "b": -1, "": 0}[key[2]]) % 12
            tonic = notes[-1][2] % 12 if final_is_tonic else tonic
            yield Tune(file.stem, int(fields["X"]), notes, _mode(notes, tonic), meter)


def _signature(letter: str, sign: str, minor: str) -> dict[str, int]:
    """Return the accidentals of a key."""
    fifths = "FCGDAEB".index(letter) - 1 + {"#": 7, "b": -7, "": 0}[sign] - (3 if minor else 0)
    return dict.fromkeys(_SHARPS[:fifths], 1) if fifths > 0 else dict.fromkeys(_FLATS[:-fifths], -1)


def _mode(notes: tuple[TuneNote, ...], tonic: int) -> Key:
    """Return minor when the minor third sounds longer than the major third, else major."""
    weight = [0] * 12
    for _, duration, pitch in notes:
        weight[(pitch - tonic) % 12] += duration
    minor = weight[3] > weight[4]
    if weight[3] == weight[4] == 0:  # no third at all: the sixth and the seventh decide
        minor = weight[8] + weight[10] > weight[9] + weight[11]
    return Key(tonic, "aeolian" if minor else "ionian")


def _notes(body: str, signature: dict[str, int], unit: Fraction, meter: Meter) -> tuple[TuneNote, ...]:
    """Return the notes, with the first full bar at a multiple of the bar; empty when the tune is not usable."""
    held: dict[str, int] = {}
    out: list[list[int]] = []
    lines: list[int] = []
    at, tied, triplet = 0, False, 0
    for bar, tuplet, sign, name, octave, number, slashes, under, tie, other in _TOKEN.findall(body):
        if other:
            return ()
        if bar:
            held = {}
            lines.append(at)
            continue
        if tuplet:
            if tuplet != "3":
                return ()
            triplet = 3
            continue
        length = unit * int(number or 1)
        if slashes:
            length /= int(under) if under else 2 ** len(slashes)
        if triplet:
            length, triplet = length * Fraction(2, 3), triplet - 1
        ticks = length * 4 * PPQ
        if ticks.denominator != 1 or not ticks:
            return ()
        if name not in "zx":
            place = name + octave
            if sign:
                held[place] = _SIGNS.get(sign, 0)
            upper = name.upper()
            pitch = 60 + _LETTER[upper] + held.get(place, signature.get(upper, 0))
            pitch += 12 * (name.islower() + octave.count("'") - octave.count(","))
            if tied and out and out[-1][2] == pitch and out[-1][0] + out[-1][1] == at:
                out[-1][1] += int(ticks)
            else:
                out.append([at, int(ticks), pitch])
            tied = bool(tie)
        at += int(ticks)
    size = meter.bar_ticks
    pickup = next((line for line in lines if line), 0) % size
    if not lines or sum((line - pickup) % size != 0 for line in lines if line) > CROOKED * len(lines):
        return ()
    late = -pickup % size
    return tuple((onset + late, duration, pitch) for onset, duration, pitch in out)
