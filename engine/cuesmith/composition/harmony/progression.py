"""Which progression a section stands on, how long its chords last, and how it is laid out in phrases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import exp, log2

from cuesmith.chance import Stream
from cuesmith.composition.harmony.chord_sequence import Bed, Step
from cuesmith.music.chord import Roman
from cuesmith.music.note import PPQ
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.specs.banks.harmony import Progression
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.style import CueRules, Style

FAITH = 7.0  # how strongly the theme decides: a progression that fits it 0.1 better is exp(0.7) times as likely
ALIKE = 0.12  # what is left of a row's weight when it sounds like one that the cue has
CLOSING = 3.0  # how much rather a row with its own ending is taken for the last phrase
MOOD = 0.6  # how strongly bright chords follow the valence of the cue
TENSION = 1.2  # how strongly harsh chords follow its tension
PULL_BRIGHT, PULL_HARSH = 1.5, 3.0  # how much more of either where a dial or a beat moves a section from its type
CALM = 0.4  # the tension at which they are neither sought nor shunned
PHRASE_BARS = 4
STILL_SEC = 9.0  # cue types whose chords may last this long take static rows anywhere; others hardly outside pedals
MOVING_STATIC = 0.1
SHORTEST = 0.5  # of the shortest chord a cue type likes: what a substitution may divide a chord into

# how often a cue should start on each function (percent), where its type has a late tonic
START = {
    False: {"subdominant": 45.0, "submediant": 20.0, "tonic": 35.0},
    True: {"tonic": 60.0, "submediant": 25.0, "subdominant": 15.0},
}


def kin_weight(weights: Mapping[str, float], style: str, kin: Sequence[str]) -> float:
    """The weight of a style in a table, or of the first of its kin that has one; 1 where none has."""
    return next((weights[name] for name in (style, *kin) if name in weights), 1.0)


def _start(row: Progression) -> str:
    root = row.chords[0].root
    return "tonic" if root == 0 else "submediant" if root in (8, 9) else "subdominant"


@lru_cache(maxsize=512)
def brightness(chords: tuple[Roman, ...]) -> float:
    """-1 (all minor or diminished) .. 1 (all major) by the thirds of the chords."""
    thirds = [-1 if chord.minor_third else 1 if 4 in _thirds(chord) else 0 for chord in chords]
    return sum(thirds) / len(thirds)


@lru_cache(maxsize=512)
def harshness(chords: tuple[Roman, ...]) -> float:
    """0..1: the share of chords without a perfect fifth, or on the flat second or the tritone."""
    return sum((chord.root + 7) % 12 not in chord.classes or chord.root in (1, 6) for chord in chords) / len(chords)


def _thirds(chord: Roman) -> frozenset[int]:
    return frozenset((pc - chord.root) % 12 for pc in chord.classes)


def pool(plan: Plan, style: Style, rules: CueRules, banks: Banks, section: SectionPlan) -> dict[str, float]:
    """Progression id → weight for this cue type, style, mood and mode; the section has the last two."""
    minor, feeling, mood_shift = section.key.minor, plan.mood(section), section.mood_shift
    brightly = MOOD * feeling.valence + PULL_BRIGHT * mood_shift.valence
    harshly = TENSION * (feeling.tension - CALM) + PULL_HARSH * mood_shift.tension
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
    """The same first two roots, or the same roots altogether."""
    roots_a, roots_b = [c.root for c in a.chords], [c.root for c in b.chords]
    return roots_a[:2] == roots_b[:2] or set(roots_a) == set(roots_b)


def choose(
    weights: Mapping[str, float],
    banks: Banks,
    bed: Bed,
    spans: Sequence[tuple[int, int]],
    draw: Stream,
    used: Iterable[str] = (),
    *,
    from_end: bool = False,
) -> str:
    """The progression for some spans (onset, length in ticks): by weight, by how it carries the theme, unlike `used`.

    from_end: its last chord meets the last span.
    """
    rows = banks.progressions
    before = [rows[name] for name in used]
    likely = {}
    for name, weight in weights.items():
        row = rows[name]
        if any(_alike(row, other) for other in before):
            weight *= ALIKE
        if bed:
            chords, first = row.chords, -len(spans) if from_end else 0
            fits = [
                bed.fit(chords[(first + i) % len(chords)], onset, onset + length)
                for i, (onset, length) in enumerate(spans)
            ]
            weight *= exp(FAITH * sum(fits) / len(fits))
        likely[name] = weight
    return draw.weighted(likely)


def _seconds(plan: Plan, banks: Banks) -> tuple[float, float]:
    """How long a chord lasts in this cue type, shortest and longest."""
    row = next((row for row in banks.harmonic_rhythms.values() if plan.brief.type in row.cues), None)
    return row.seconds if row is not None else (1.0, 6.0)


def moving(weights: Mapping[str, float], plan: Plan, banks: Banks) -> dict[str, float]:
    """The weights for a section that is no pedal: static rows belong to cues that stand still."""
    still = _seconds(plan, banks)[1] >= STILL_SEC
    return {
        name: weight * (MOVING_STATIC if banks.progressions[name].static and not still else 1.0)
        for name, weight in weights.items()
    }


def least_ticks(plan: Plan, section: SectionPlan, banks: Banks) -> int:
    """The shortest chord a substitution may make."""
    low, _ = _seconds(plan, banks)
    return int(SHORTEST * low * plan.tempo.bpm(section.start) / 60 * PPQ)


def chord_ticks(plan: Plan, section: SectionPlan, banks: Banks, static: bool) -> int:
    """Ticks per chord: the cue's chords per bar, doubled or halved until a chord lasts as long as its kind asks.

    The seconds come from the bank of harmonic rhythm; vamps, breaks and static rows move at half the pace.
    """
    meter, bar = section.meter, section.meter.bar_ticks
    bar_sec = (plan.tempo.seconds(section.end) - plan.tempo.seconds(section.start)) / section.bars
    low, high = _seconds(plan, banks)
    if static:
        low, high = 1.5 * low, 1.5 * high
    own = section.treatment_row
    waits = own.theme == "awaited" or own.silent  # where the rhythm, or silence, is the event
    wished = section.chords_per_bar * (0.5 if waits or static else 1.0)

    def tension_of(per_bar: float) -> tuple[float, float]:
        seconds = bar_sec / per_bar
        outside = max(0.0, log2(low / seconds), log2(seconds / high))
        return outside, abs(log2(per_bar / wished))

    rates = [2.0, 1.0, 0.5, 0.25] if len(meter.strong_ticks) == 2 else [1.0, 0.5, 0.25]
    per_bar = min((rate for rate in rates if rate * section.bars >= 1), key=tension_of, default=1.0)
    return meter.strong_ticks[1] if per_bar == 2 else round(bar / per_bar)


def spans_of(section: SectionPlan, ticks: int) -> list[tuple[int, int]]:
    """(onset, length) of every chord; within a bar an odd half goes to the bar line."""
    out, at, bar = [], 0, section.meter.bar_ticks
    while at < section.length:
        length = ticks if ticks >= bar or at % bar == 0 else bar - at % bar
        length = min(length, section.length - at)
        out.append((at, length))
        at += length
    return out


def lay_out(
    first: Sequence[Roman], answer: Sequence[Roman] | None, spans: Sequence[tuple[int, int]], section: SectionPlan
) -> list[Step]:
    """The progression over the section, repeated as needed; the last phrase goes to the answer, which ends with it."""
    turn = section.length - PHRASE_BARS * section.meter.bar_ticks
    last = sum(onset >= turn for onset, _ in spans)
    out = []
    for i, (onset, length) in enumerate(spans):
        left = len(spans) - i
        roman = answer[-left % len(answer)] if answer and left <= last else first[i % len(first)]
        out.append(Step(onset, length, roman))
    return out
