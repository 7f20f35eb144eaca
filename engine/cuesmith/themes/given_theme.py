"""Themes a person gives: as notes, as degrees or in a MIDI file. They are analysed and then used like invented ones."""

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
GIVEN = "given"  # the character of a theme whose person names none


@dataclass(frozen=True, slots=True)
class Given:
    """A melody as it was given, understood.

    melody : in whole bars. octave: the one whose tonic its steps count from, so that it sounds where it was written.
    key_fit: -1..1, how well the key fits where it had to be found; None when the person named it.
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
    """Key, scale and home octave of a melody at pitch. What the person has named is kept; length in ticks.

    scales: the bank. A named scale brings its mode along unless a mode is named. Raises ValueError without notes.
    """
    named = scales[scale] if scale is not None else None
    if key is not None:
        home, fit = _home(key, mode, named), None
    else:
        home, fit = find_key(notes, mode or (named.mode if named else None))
    found = named or find_scale(notes, home, scales)
    centre = sum(note.pitch for note in notes) / len(notes)
    octave = 4 + round((centre - 60 - home.tonic - 5) / 12)
    steps = (home.step_of(note.pitch, octave) for note in notes)
    placed = tuple(MotifNote(n.onset, n.duration, *step) for n, step in zip(notes, steps, strict=True))
    return Given(_whole(placed, length, meter), home, _in_mode(found, home.mode), octave, fit)


def given_notes(
    text: str,
    scales: Mapping[str, Scale],
    *,
    key: Key | None = None,
    mode: str | None = None,
    scale: str | None = None,
    meter: Meter | None = None,
) -> Given:
    """A melody written as text (see `motif.text`), analysed.

    Degrees without a key are in C, major unless a mode or scale says otherwise. Raises ValueError naming the column.
    """
    written = read_notes(text, meter)
    if not written.by_degree:
        notes = [Note(s.onset, s.duration, s.pitch, 88) for s in written.sounds if s.pitch is not None]
        bar = meter or find_meter(notes, written.length, written.bar_lines)
        read_notes(text, bar)  # the bar lines, against the meter that was found
        return analyse(notes, written.length, bar, scales, key=key, mode=mode, scale=scale)
    named = scales[scale] if scale is not None else None
    home = _home(key or Key(0, named.mode if named else "ionian"), mode, named)
    placed = tuple(MotifNote(s.onset, s.duration, s.step, s.alter) for s in written.sounds)
    notes = [Note(n.onset, n.duration, home.pitch(n.step, n.alter), 88) for n in placed]
    bar = meter or find_meter(notes, written.length, written.bar_lines)
    read_notes(text, bar)
    found = named or find_scale(notes, home, scales)
    return Given(_whole(placed, written.length, bar), home, _in_mode(found, home.mode), 4, None)


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
    """A melody of a MIDI file, analysed; its key signature is not trusted (most say C). Raises UsageError."""
    melody = read_melody(path, track, bars)
    return analyse(melody.notes, melody.length, melody.meter, scales, key=key, mode=mode, scale=scale)


def theme_from_given(
    name: str, spec: ThemeSpec, scales: Mapping[str, Scale], draw: Stream, *, folder: Path | None = None
) -> Theme:
    """The theme of a spec that has `notes` or `midi`: as given, and what it lacks of eight bars developed from it.

    scales: the bank. folder: where the path of a MIDI file counts from (the show's; None: the working directory).
    Of a single bar the idea is that bar and its answer a step lower. Raises SpecError naming the theme (and for notes
    the column), UsageError for a MIDI file that cannot be used.
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
    """The two bars a melody is known by: its first two, or its one bar and an answer a step lower."""
    bar = melody.meter.bar_ticks
    if melody.bars >= IDEA_BARS:
        return fragment(melody, 0, IDEA_BARS * bar)
    return join(melody, sequence(melody, -1))


def complete(melody: Motif, idea: Motif, scale: Scale, form: str, draw: Stream) -> tuple[Motif, tuple[Unit, ...]]:
    """Eight bars: the melody as given, then the bars it lacks, from the development of its idea; and their units."""
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


def _whole(notes: tuple[MotifNote, ...], length: int, meter: Meter) -> Motif:
    """The notes in as many whole bars as they fill."""
    bars = max(1, -(-length // meter.bar_ticks))
    return Motif(notes, bars * meter.bar_ticks, meter)


def _home(key: Key, mode: str | None, scale: Scale | None) -> Key:
    """The key with the mode named, or with the scale's own where that has the same third."""
    if mode is not None:
        return key.with_mode(mode)
    if scale is not None and key.with_mode(scale.mode).minor == key.minor:
        return key.with_mode(scale.mode)
    return key


def _in_mode(scale: Scale, mode: str) -> Scale:
    """The scale with its steps in this mode: what a person says of the mode wins over the scale's own."""
    return Scale(scale.name, mode, scale.steps, scale.nuclear)
