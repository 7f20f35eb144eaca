"""Chord colours: change plain chords to richer qualities of the style, never against the melody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import TypeAlias

from cuesmith.chance import Stream
from cuesmith.composition.harmony.chord_sequence import MelodyOutline, TimedChord
from cuesmith.music.chord import QUALITIES, Roman
from cuesmith.music.scale import MODES
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.plan.mood.mood_dials import colours_at
from cuesmith.specs.banks.harmony import Spelling
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.brief import NO_SHIFT, Mood
from cuesmith.specs.style import Style

AT_REST = ("triad", "add9", "sixth", "upper", "power")  # colours allowed on a chord at rest
# numeral → its colour, and a number 0..1 that chooses among equal options
Colours: TypeAlias = dict[str, tuple[str, float]]
WRITTEN_ENDS = ("open", "attacca", "loop")  # cadences whose last chord stays as the bank has it
# devices whose chords may be coloured
SPELLED_DEVICES = {"", "relative", "deceptive", "secondary dominant", "tritone substitution", "backdoor dominant"}


def colour_weights(plan: Plan, style: Style, banks: Banks, mood_shift: Mood = NO_SHIFT) -> dict[str, float]:
    """Map each colour to its weight in this style and cue type.

    mood_shift: how far the mood of the section is from that of the type.
    """
    style_weights = asdict(style.colour)
    type_ = plan.brief.type
    usual = {
        name: style_weights.get(name, 0.0) * row.cues.get(type_, 1.0) + row.adds.get(type_, 0.0)
        for name, row in banks.spellings.items()
    }
    return colours_at(usual, mood_shift)


@lru_cache(maxsize=8192)
def recoloured(roman: Roman, options: tuple[str, ...], free: bool, mode: str) -> tuple[Roman, ...]:
    """Return the chord in each quality whose new tones lie in the mode; `free`: in every quality.

    A borrowed chord uses the parallel scale that contains its triad.
    """
    scale = frozenset(MODES[mode])
    triad = {(roman.root + interval) % 12 for interval in QUALITIES[roman.quality][0] if interval < 9}
    if not triad <= scale:
        scale = frozenset(MODES["aeolian" if MODES[mode][2] == 4 else "harmonic_minor"]) | triad
    out = []
    for quality in options:
        fresh = roman.with_quality(quality)
        if free or fresh.classes - roman.classes <= scale:
            out.append(fresh)
    return tuple(out)


def clashes(roman: Roman, plain: Roman, outline: MelodyOutline, chord: TimedChord) -> bool:
    """Tell whether a colour removes a chord tone under the melody, or adds a tone that clashes with it."""
    fresh, gone = roman.classes - plain.classes, plain.classes - roman.classes
    for note in outline.between(chord.onset, chord.end):
        if note.degree in gone or note.degree not in roman.legal:
            return True
        if note.degree not in roman.classes and {(note.degree + 1) % 12, (note.degree - 1) % 12} & fresh:
            return True
    return False


def with_colour(
    chord: TimedChord, row: Spelling, falls: bool, mode: str, outline: MelodyOutline, taste: float
) -> TimedChord:
    """Give one chord a colour, if one of the colour's qualities fits.

    falls: its root falls a fifth to the next chord. taste: 0..1, chooses among equal options.
    """
    options = row.becomes.get(chord.roman.quality)
    if not options or (row.resolves and not falls):
        return chord
    if row.resolves and not (chord.roman.quality == "7" or chord.roman.root == 7):
        return chord
    candidates = recoloured(chord.roman, options, row.free, mode)
    if row.free and candidates:
        first = int(taste * len(candidates))
        candidates = (*candidates[first:], *candidates[:first])
    for roman in candidates:
        if not clashes(roman, chord.roman, outline, chord):
            return chord._replace(roman=roman)
    return chord


def colour_chords(
    chords: Sequence[TimedChord],
    weights: dict[str, float],
    banks: Banks,
    section: SectionPlan,
    outline: MelodyOutline,
    colours: Colours,
    draw: Stream,
    after: Roman | None,
) -> list[TimedChord]:
    """Give every plain chord of a section a colour.

    colours: those chosen so far; the same numeral keeps its colour, and new ones are added.
    after: the chord that follows the section; None at a new key or at the end.
    Cadences on the tonic get a colour at rest. Most devices keep their chords.
    """
    resting = {name: weights[name] for name in AT_REST}
    mode = section.key.mode
    out = []
    for i, chord in enumerate(chords):
        if chord.cadence and chord.roman.root == 0:
            colour = draw.weighted(resting) if sum(resting.values()) else "triad"
            out.append(with_colour(chord, banks.spellings[colour], False, mode, outline, 0.0))
            continue
        if chord.cadence in WRITTEN_ENDS or not (chord.device in SPELLED_DEVICES or chord.device.endswith("cadence")):
            out.append(chord)
            continue
        name = chord.roman.text
        if name not in colours:
            colours[name] = (draw.weighted(weights), draw.uniform())
        following = chords[i + 1].roman if i + 1 < len(chords) else after
        falls = following is not None and (chord.roman.root - following.root) % 12 == 7
        colour, taste = colours[name]
        out.append(with_colour(chord, banks.spellings[colour], falls, mode, outline, taste))
    return out
