"""Choose the progression of a section, the length of its chords, and its layout in phrases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import exp, log2

from cuesmith.chance import Stream
from cuesmith.composition.harmony.chord_sequence import MelodyOutline, TimedChord
from cuesmith.music.chord import Roman
from cuesmith.music.note import PPQ
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.specs.banks.harmony import Progression
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.style import CueRules, Style

FIT_WEIGHT = 7.0  # a progression that fits the melody 0.1 better is exp(0.7) times as likely
ALIKE = 0.12  # factor on the weight of a progression similar to one that the cue already has
CLOSING = 3.0  # factor on the weight of progressions that close, for a last phrase
MOOD = 0.6  # how strongly bright chords follow the valence of the cue
TENSION = 1.2  # how strongly harsh chords follow its tension
SHIFT_BRIGHT, SHIFT_HARSH = 1.5, 3.0  # the same for the mood shift of the section
CALM = 0.4  # tension at which harsh chords are neither preferred nor avoided
PHRASE_BARS = 4
STILL_SEC = 9.0  # cue types whose chords may last this long take static rows anywhere; others hardly outside pedals
MOVING_STATIC = 0.1
SHORTEST = 0.5  # shortest chord after a substitution, relative to the shortest of the cue type

# percentage of cues that start on each function, in types with a late tonic; by minor or not
START = {
    False: {"subdominant": 45.0, "submediant": 20.0, "tonic": 35.0},
    True: {"tonic": 60.0, "submediant": 25.0, "subdominant": 15.0},
}


def kin_weight(weights: Mapping[str, float], style: str, kin: Sequence[str]) -> float:
    """Return the weight of a style in a table, else of the first related style (kin) that has one; 1 when none has."""
    return next((weights[name] for name in (style, *kin) if name in weights), 1.0)


def _start(row: Progression) -> str:
    """Return the function of the first chord of a progression."""
    root = row.chords[0].root
    return "tonic" if root == 0 else "submediant" if root in (8, 9) else "subdominant"


@lru_cache(maxsize=512)
def brightness(chords: tuple[Roman, ...]) -> float:
    """Return the brightness of chords, -1 (all minor or diminished) to 1 (all major), by their thirds."""
    thirds = [-1 if chord.minor_third else 1 if 4 in _intervals(chord) else 0 for chord in chords]
    return sum(thirds) / len(thirds)


@lru_cache(maxsize=512)
def harshness(chords: tuple[Roman, ...]) -> float:
    """Return the share (0..1) of chords without a perfect fifth, or on the flat second or the tritone."""
    return sum((chord.root + 7) % 12 not in chord.classes or chord.root in (1, 6) for chord in chords) / len(chords)


def _intervals(chord: Roman) -> frozenset[int]:
    """Return the intervals above the root, in semitones."""
    return frozenset((pc - chord.root) % 12 for pc in chord.classes)


def progression_weights(
    plan: Plan, style: Style, rules: CueRules, banks: Banks, section: SectionPlan
) -> dict[str, float]:
    """Map each progression to its weight for this cue type and style, and for the mood and mode of the section."""
    minor, feeling, mood_shift = section.key.minor, plan.mood(section), section.mood_shift
    brightly = MOOD * feeling.valence + SHIFT_BRIGHT * mood_shift.valence
    harshly = TENSION * (feeling.tension - CALM) + SHIFT_HARSH * mood_shift.tension
    modes = ("minor", "modal") if minor else ("major", "modal")
    out: dict[str, float] = {}
    for name, row in banks.progressions.items():
        if row.mode not in modes:
            continue
        weight = row.cues.get(plan.brief.type, 0.0)
        weight *= kin_weight(row.styles, plan.brief.style, style.kin) * style.progressions.get(name, 1.0)
        weight = rules.progressions.get(name, weight)
        if weight > 0:
            out[name] = weight * exp(brightly * brightness(row.chords) + harshly * harshness(row.chords))
    if not out:
        return {n: 1.0 for n, row in banks.progressions.items() if row.mode in modes and not row.static}
    if banks.cue_types[plan.brief.type].late_tonic:
        share = dict.fromkeys(START[minor], 0.0)
        for name, weight in out.items():
            share[_start(banks.progressions[name])] += weight
        wanted = {start: percent for start, percent in START[minor].items() if share[start] > 0}
        out = {
            n: w * wanted[_start(banks.progressions[n])] / share[_start(banks.progressions[n])] for n, w in out.items()
        }
    return out


def _alike(a: Progression, b: Progression) -> bool:
    """Tell whether two progressions begin with the same two roots, or use the same roots."""
    roots_a, roots_b = [c.root for c in a.chords], [c.root for c in b.chords]
    return roots_a[:2] == roots_b[:2] or set(roots_a) == set(roots_b)


def choose(
    weights: Mapping[str, float],
    banks: Banks,
    outline: MelodyOutline,
    spans: Sequence[tuple[int, int]],
    draw: Stream,
    used: Iterable[str] = (),
    *,
    from_end: bool = False,
) -> str:
    """Choose a progression for spans (onset, length in ticks), by weight and by how it supports the melody.

    used: progressions already in the cue; similar ones are less likely. from_end: the last chord meets the last span.
    """
    rows = banks.progressions
    before = [rows[name] for name in used]
    likely = {}
    for name, weight in weights.items():
        row = rows[name]
        if any(_alike(row, other) for other in before):
            weight *= ALIKE
        if outline:
            chords, first = row.chords, -len(spans) if from_end else 0
            fits = [
                outline.fit(chords[(first + i) % len(chords)], onset, onset + length)
                for i, (onset, length) in enumerate(spans)
            ]
            weight *= exp(FIT_WEIGHT * sum(fits) / len(fits))
        likely[name] = weight
    return draw.weighted(likely)


def _seconds(plan: Plan, banks: Banks) -> tuple[float, float]:
    """Return the (shortest, longest) duration of a chord in this cue type, in seconds."""
    row = next((row for row in banks.harmonic_rhythms.values() if plan.brief.type in row.cues), None)
    return row.seconds if row is not None else (1.0, 6.0)


def moving(weights: Mapping[str, float], plan: Plan, banks: Banks) -> dict[str, float]:
    """Return weights for a section that is not a pedal: lower for static progressions, except in slow cue types."""
    still = _seconds(plan, banks)[1] >= STILL_SEC
    return {
        name: weight * (MOVING_STATIC if banks.progressions[name].static and not still else 1.0)
        for name, weight in weights.items()
    }


def least_ticks(plan: Plan, section: SectionPlan, banks: Banks) -> int:
    """Return the shortest chord that a substitution may make, in ticks."""
    low, _ = _seconds(plan, banks)
    return int(SHORTEST * low * plan.tempo.bpm(section.start) / 60 * PPQ)


def chord_ticks(plan: Plan, section: SectionPlan, banks: Banks, static: bool) -> int:
    """Return ticks per chord: the cue's chords per bar, doubled or halved until chords last long enough.

    The cue type's range of seconds comes from the bank of harmonic rhythm; vamps, breaks and static progressions have
    half the rate.
    """
    meter, bar = section.meter, section.meter.bar_ticks
    bar_sec = (plan.tempo.seconds(section.end) - plan.tempo.seconds(section.start)) / section.bars
    low, high = _seconds(plan, banks)
    if static:
        low, high = 1.5 * low, 1.5 * high
    treatment = section.treatment_row
    waits = treatment.theme == "awaited" or treatment.silent  # where rhythm or silence is more important
    target = section.chords_per_bar * (0.5 if waits or static else 1.0)

    def distance(per_bar: float) -> tuple[float, float]:
        seconds = bar_sec / per_bar
        outside = max(0.0, log2(low / seconds), log2(seconds / high))
        return outside, abs(log2(per_bar / target))

    rates = [2.0, 1.0, 0.5, 0.25] if len(meter.strong_ticks) == 2 else [1.0, 0.5, 0.25]
    per_bar = min((rate for rate in rates if rate * section.bars >= 1), key=distance, default=1.0)
    return meter.strong_ticks[1] if per_bar == 2 else round(bar / per_bar)


def spans_of(section: SectionPlan, ticks: int) -> list[tuple[int, int]]:
    """Return (onset, length) of every chord of a section; a chord that begins inside a bar ends with it."""
    out, at, bar = [], 0, section.meter.bar_ticks
    while at < section.length:
        length = ticks if ticks >= bar or at % bar == 0 else bar - at % bar
        length = min(length, section.length - at)
        out.append((at, length))
        at += length
    return out


def lay_out_chords(
    first: Sequence[Roman],
    answer: Sequence[Roman] | None,
    spans: Sequence[tuple[int, int]],
    section: SectionPlan,
    answer_bars: int = PHRASE_BARS,
) -> list[TimedChord]:
    """Spread a progression over the section, repeated as needed; its last bars use `answer`, which ends with it.

    answer_bars: how many bars that are; before them the last phrase begins with the progression again.
    """
    bar = section.meter.bar_ticks
    answer_at, phrase_at = section.length - answer_bars * bar, section.length - PHRASE_BARS * bar
    last = sum(onset >= answer_at for onset, _ in spans)
    before_phrase = sum(onset < phrase_at for onset, _ in spans)
    out = []
    for i, (onset, length) in enumerate(spans):
        left = len(spans) - i
        again = i - before_phrase if answer_bars < PHRASE_BARS and i >= before_phrase else i
        roman = answer[-left % len(answer)] if answer and left <= last else first[again % len(first)]
        out.append(TimedChord(onset, length, roman))
    return out
