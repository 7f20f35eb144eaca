"""Themes that a person gives, as notes, as degrees or in a MIDI file.

They are analysed, then used like invented ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cuesmith.chance import Stream
from cuesmith.errors import SpecError
from cuesmith.motif.midifile import read_melody
from cuesmith.motif.model import Motif, MotifNote, Theme
from cuesmith.motif.text import read_notes
from cuesmith.motif.transform import fragment, join, sequence
from cuesmith.music.meter import Meter
from cuesmith.music.note import Note
from cuesmith.music.scale import Key, Scale
from cuesmith.themes.develop import develop
from cuesmith.themes.judge import Wishes, judge_theme, total
from cuesmith.themes.key_finding import find_key, find_meter, find_scale
from cuesmith.themes.phrase import Unit
from cuesmith.themes.song import bridge, chorus

if TYPE_CHECKING:
    from cuesmith.specs.show import ThemeSpec

THEME_BARS = 8
IDEA_BARS = 2
GIVEN = "given"  # the character of a given theme for which none is named


@dataclass(frozen=True, slots=True)
class Given:
    """A given melody after analysis.

    melody: in whole bars.
    octave: the octave of step 0, so that the melody sounds where it was written.
    key_fit: how well a key that had to be found fits, -1..1; None when the key was named.
    """

    melody: Motif
    key: Key
    scale: Scale
    octave: int
    key_fit: float | None


def analyse(
    notes: Sequence[Note],
    length: int,
    meter: Meter,
    scales: Mapping[str, Scale],
    *,
    key: Key | None = None,
    mode: str | None = None,
    scale: str | None = None,
) -> Given:
    """Find key, scale and home octave of a melody. What is named by the caller is kept.

    notes, length: the melody as MIDI pitches, times in ticks.
    scales: the scales of the bank.
    key, mode, scale: what is known already. A named scale also sets the mode, unless a mode is named.

    Raises ValueError when there are no notes.
    """
    named = scales[scale] if scale is not None else None
    if key is not None:
        home, fit = _with_named_mode(key, mode, named), None
    else:
        home, fit = find_key(notes, mode or (named.mode if named else None))
    found = named or find_scale(notes, home, scales)
    centre = sum(note.pitch for note in notes) / len(notes)
    octave = 4 + round((centre - 60 - home.tonic - 5) / 12)
    steps = (home.step_of(note.pitch, octave) for note in notes)
    placed = tuple(MotifNote(n.onset, n.duration, *step) for n, step in zip(notes, steps, strict=True))
    return Given(_fill_bars(placed, length, meter), home, _scale_in_mode(found, home.mode), octave, fit)


def given_notes(
    text: str,
    scales: Mapping[str, Scale],
    *,
    key: Key | None = None,
    mode: str | None = None,
    scale: str | None = None,
    meter: Meter | None = None,
) -> Given:
    """Read and analyse a melody that is written as text (see `motif.text`).

    Degrees without a key are in C, and in major unless mode or scale says otherwise. Raises ValueError that names the
    column.
    """
    written = read_notes(text, meter)
    if not written.by_degree:
        notes = [Note(s.onset, s.duration, s.pitch, 88) for s in written.sounds if s.pitch is not None]
        bar = meter or find_meter(notes, written.length, written.bar_lines)
        read_notes(text, bar)  # check the bar lines against the meter that was found
        return analyse(notes, written.length, bar, scales, key=key, mode=mode, scale=scale)
    named = scales[scale] if scale is not None else None
    home = _with_named_mode(key or Key(0, named.mode if named else "ionian"), mode, named)
    placed = tuple(MotifNote(s.onset, s.duration, s.step, s.alter) for s in written.sounds)
    notes = [Note(n.onset, n.duration, home.pitch(n.step, n.alter), 88) for n in placed]
    bar = meter or find_meter(notes, written.length, written.bar_lines)
    read_notes(text, bar)
    found = named or find_scale(notes, home, scales)
    return Given(_fill_bars(placed, written.length, bar), home, _scale_in_mode(found, home.mode), 4, None)


def given_midi(
    path: Path,
    scales: Mapping[str, Scale],
    *,
    track: int = 1,
    bars: tuple[int, int] | None = None,
    key: Key | None = None,
    mode: str | None = None,
    scale: str | None = None,
) -> Given:
    """Read and analyse a melody from a MIDI file. Its key signature is ignored, because most files say C.

    Raises UsageError as `read_melody`.
    """
    melody = read_melody(path, track, bars)
    return analyse(melody.notes, melody.length, melody.meter, scales, key=key, mode=mode, scale=scale)


def theme_from_given(
    name: str, spec: ThemeSpec, scales: Mapping[str, Scale], draw: Stream, *, folder: Path | None = None
) -> Theme:
    """Make the theme of a spec that has `notes` or `midi`; bars missing to eight are developed from the given ones.

    scales: the scales of the bank.
    folder: the folder from which the path of a MIDI file counts (that of the show); by default the working directory.

    When only one bar is given, the idea is that bar and its answer one step lower. Raises SpecError that names the
    theme (and for notes the column), UsageError for a MIDI file that can't be used.
    """
    from cuesmith.specs.show import parse_key

    key = parse_key(spec.key) if spec.key is not None else None
    try:
        if spec.midi is not None:
            path = (folder or Path()) / spec.midi.path
            given = given_midi(
                path, scales, track=spec.midi.track, bars=spec.midi.bars, key=key, mode=spec.mode, scale=spec.scale
            )
        else:
            given = given_notes(spec.notes or "", scales, key=key, mode=spec.mode, scale=spec.scale, meter=spec.meter)
        if given.melody.bars > THEME_BARS:
            raise ValueError(f"{given.melody.bars} bars are given, and a theme has 1 to {THEME_BARS}; leave some out")
    except ValueError as fault:
        raise SpecError(f"theme '{name}': {fault}") from None
    idea = idea_of(given.melody)
    form = "sentence" if draw.child("form").chance(0.5) else "period"
    melody, units = complete(given.melody, idea, given.scale, form, draw.child("develop"))
    score = total(judge_theme(idea, melody, given.key, Wishes(leaps=(0, 3))))
    b_phrase, b_units = bridge(idea, melody, given.scale, given.key, draw.child("bridge"))
    refrain, c_units = chorus(idea, melody, b_phrase, given.scale, given.key, draw.child("chorus"))
    return Theme(
        name, spec.character or GIVEN, idea, melody, units, given.key, given.scale, form, round(score, 1), given.octave,
        spec.instrument, bridge=b_phrase, bridge_units=b_units, chorus=refrain, chorus_units=c_units,
    )  # fmt: skip


def idea_of(melody: Motif) -> Motif:
    """Return the two-bar idea of a melody: its first two bars, or its only bar and the same a step lower."""
    bar = melody.meter.bar_ticks
    if melody.bars >= IDEA_BARS:
        return fragment(melody, 0, IDEA_BARS * bar)
    return join(melody, sequence(melody, -1))


def complete(melody: Motif, idea: Motif, scale: Scale, form: str, draw: Stream) -> tuple[Motif, tuple[Unit, ...]]:
    """Return eight bars and their units: the given bars, then the missing ones from the development of the idea."""
    bar, bars = melody.meter.bar_ticks, melody.bars
    if bars >= THEME_BARS:
        return melody, ((0, 2, "idea"), (2, THEME_BARS - 2, GIVEN))
    full, units = develop(idea, scale, form, draw)
    if bars <= IDEA_BARS:
        return full, units
    rest = fragment(full, bars * bar, THEME_BARS * bar)
    own: tuple[Unit, ...] = ((0, IDEA_BARS, "idea"), (IDEA_BARS, bars - IDEA_BARS, GIVEN))
    added = tuple(
        (max(first, bars), min(count, first + count - bars), what)
        for first, count, what in units
        if first + count > bars
    )
    return join(melody, rest), (*own, *added)


def _fill_bars(notes: tuple[MotifNote, ...], length: int, meter: Meter) -> Motif:
    """Make a motif of the notes, in as many whole bars as they need."""
    bars = max(1, -(-length // meter.bar_ticks))
    return Motif(notes, bars * meter.bar_ticks, meter)


def _with_named_mode(key: Key, mode: str | None, scale: Scale | None) -> Key:
    """Return the key in the named mode, or in the scale's own mode when its third fits the key."""
    if mode is not None:
        return key.with_mode(mode)
    if scale is not None and key.with_mode(scale.mode).minor == key.minor:
        return key.with_mode(scale.mode)
    return key


def _scale_in_mode(scale: Scale, mode: str) -> Scale:
    """Return the scale with its steps in this mode. A named mode has priority over the scale's own."""
    return Scale(scale.name, mode, scale.steps, scale.nuclear)
