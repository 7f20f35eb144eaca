"""Spelling: plain chords in the colours of the style, never against the theme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import TypeAlias

from cuesmith.chance import Stream
from cuesmith.composition.harmony.chord_sequence import Bed, Step
from cuesmith.music.chord import QUALITIES, Roman
from cuesmith.music.scale import MODES
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.plan.mood.mood_dials import colours_at
from cuesmith.specs.banks.harmony import Spelling
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.brief import STILL, Mood
from cuesmith.specs.style import Style

AT_REST = ("triad", "add9", "sixth", "upper", "power")  # colours in which a cue may end
Colours: TypeAlias = dict[str, tuple[str, float]]  # numeral → its colour, and a taste 0..1 among equals
WRITTEN_ENDS = ("open", "attacca", "loop")  # cadences whose last chord is what the bank writes
SPELLED_DEVICES = {"", "relative", "deceptive", "secondary dominant", "tritone substitution", "backdoor dominant"}


def colour_weights(plan: Plan, style: Style, banks: Banks, mood_shift: Mood = STILL) -> dict[str, float]:
    """Colour → weight in this style and cue type; pull: how far the section is from the place of the type."""
    own = asdict(style.colour)
    type_ = plan.brief.type
    usual = {
        name: own.get(name, 0.0) * row.cues.get(type_, 1.0) + row.adds.get(type_, 0.0)
        for name, row in banks.spellings.items()
    }
    return colours_at(usual, mood_shift)


@lru_cache(maxsize=8192)
def becomes(roman: Roman, options: tuple[str, ...], free: bool, mode: str) -> tuple[Roman, ...]:
    """The chord in each quality whose new tones lie in the mode; borrowed chords take theirs from its shadow."""
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


def rubs(roman: Roman, plain: Roman, bed: Bed, step: Step) -> bool:
    """Whether the colour takes a chord tone from under the theme or sets a tone a semitone from it."""
    fresh, gone = roman.classes - plain.classes, plain.classes - roman.classes
    for note in bed.between(step.onset, step.end):
        if note.degree in gone or note.degree not in roman.legal:
            return True
        if note.degree not in roman.classes and {(note.degree + 1) % 12, (note.degree - 1) % 12} & fresh:
            return True
    return False


def spelled(step: Step, row: Spelling, falls: bool, mode: str, bed: Bed, taste: float) -> Step:
    """One chord in one colour. falls: its root falls a fifth to the next chord; taste 0..1 chooses among equals."""
    options = row.becomes.get(step.roman.quality)
    if not options or (row.resolves and not falls):
        return step
    if row.resolves and not (step.roman.quality == "7" or step.roman.root == 7):
        return step
    found = becomes(step.roman, options, row.free, mode)
    if row.free and found:
        turn = int(taste * len(found))
        found = (*found[turn:], *found[:turn])
    for roman in found:
        if not rubs(roman, step.roman, bed, step):
            return step._replace(roman=roman)
    return step


def spell(
    steps: Sequence[Step],
    weights: dict[str, float],
    banks: Banks,
    section: SectionPlan,
    bed: Bed,
    colours: Colours,
    draw: Stream,
    after: Roman | None,
) -> list[Step]:
    """Every plain chord of a section in a colour.

    colours: those given so far, which are kept and added to: a chord that comes back comes back as it was. after: the
    chord that follows the section; None: a new key, or the end, on a chord at rest. Most devices keep what they are.
    """
    resting = {name: weights[name] for name in AT_REST}
    mode = section.key.mode
    out = []
    for i, step in enumerate(steps):
        if step.cadence and step.roman.root == 0:
            colour = draw.weighted(resting) if sum(resting.values()) else "triad"
            out.append(spelled(step, banks.spellings[colour], False, mode, bed, 0.0))
            continue
        if step.cadence in WRITTEN_ENDS or not (step.device in SPELLED_DEVICES or step.device.endswith("cadence")):
            out.append(step)
            continue
        name = step.roman.text
        if name not in colours:
            colours[name] = (draw.weighted(weights), draw.uniform())
        following = steps[i + 1].roman if i + 1 < len(steps) else after
        falls = following is not None and (step.roman.root - following.root) % 12 == 7
        colour, taste = colours[name]
        out.append(spelled(step, banks.spellings[colour], falls, mode, bed, taste))
    return out
