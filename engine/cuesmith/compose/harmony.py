"""Harmony: a chord for every moment of the plan.

Progressions come from the bank, weighted by cue type, style and mode, and the one that the theme stands on best is
taken. Plain triads are then spelled in the colours of the style, sections close with a cadence of their own, and the
last chord is what the ending asks for.
"""

from __future__ import annotations

from collections.abc import Mapping

from cuesmith.chance import Stream
from cuesmith.compose.material import phrase_meter
from cuesmith.motif.model import Theme
from cuesmith.motif.transform import remetre
from cuesmith.music.chord import Roman, in_key, parse_roman
from cuesmith.music.scale import Key
from cuesmith.score import ChordSpan, Plan, SectionPlan
from cuesmith.specs.banks import Progression
from cuesmith.specs.library import Banks
from cuesmith.specs.style import Colour, CueRules, Style

TRIALS = 6  # progressions weighed against the theme

# how sections close: cadence name → numerals for the last chords, in major and in minor
HALF = {"half": "V", "sus": "V7sus4", "open": "IVM7"}
HALF_MINOR = {"half": "v", "open": "bVIM7", "sus": "bVII"}
FINAL: dict[str, dict[str, float]] = {
    "major": {"V7 I": 25, "V7sus4 I": 20, "IV I": 15, "ivm6 I": 10, "bVI bVII I": 15, "bVII I": 10},
    "minor": {"V7 i": 30, "bVII i": 30, "bII i": 10, "iv i": 15, "v i": 15},
}
OPEN: dict[str, dict[str, float]] = {
    "major": {"V7sus4 IVM7": 4, "IV vi(add9)": 3, "IVM7 Isus2": 3},
    "minor": {"iv bVIM7": 4, "bVII i(add9)": 3, "v bVIM7": 2},
}
WAITING: dict[str, str] = {"attacca": "V7sus4 V", "loop": "IV V"}
WAITING_MINOR: dict[str, str] = {"attacca": "bII V", "loop": "bVI bVII"}


def _colour_of(style: Style, draw: Stream) -> str:
    colour: Colour = style.colour
    return draw.weighted(
        {
            "triad": colour.triad, "seventh": colour.seventh, "add9": colour.add9,
            "ninth": colour.ninth, "sus": colour.sus, "power": colour.power,
        }
    )  # fmt: skip


def _spell(roman: Roman, key: Key, colour: str) -> Roman:
    """A plain triad in the style's colour; numerals that already name a colour keep it."""
    if roman.quality not in ("maj", "min"):
        return roman
    minor = roman.quality == "min"
    if colour == "seventh":
        seventh = (key.tonic + roman.root + 11) % 12 in key.classes
        return roman.with_quality("m7" if minor else ("M7" if seventh else "7"))
    if colour == "ninth":
        if (key.tonic + roman.root + 2) % 12 not in key.classes:
            return roman.with_quality("m7" if minor else "7")
        if minor:
            return roman.with_quality("m9")
        return roman.with_quality("M9" if (key.tonic + roman.root + 11) % 12 in key.classes else "9")
    if colour == "add9" and (key.tonic + roman.root + 2) % 12 in key.classes:
        return roman.with_quality("madd9" if minor else "add9")
    if colour == "sus" and not minor and (key.tonic + roman.root + 5) % 12 in key.classes:
        return roman.with_quality("sus4" if roman.root == 7 else "sus2")
    if colour == "power":
        return roman.with_quality("5")
    return roman


def _wanted_mode(key: Key) -> tuple[str, ...]:
    return ("minor", "modal") if key.minor else ("major", "modal")


def _pool(plan: Plan, style: Style, rules: CueRules, banks: Banks, key: Key) -> dict[str, float]:
    """Progression id → weight for this cue, style and mode."""
    out: dict[str, float] = {}
    for name, row in banks.progressions.items():
        if row.mode not in _wanted_mode(key):
            continue
        weight = row.cues.get(plan.brief.type, 0.0)
        kin = next((name for name in (plan.brief.style, *style.kin) if name in row.styles), "")
        weight *= row.styles.get(kin, 1.0) * style.progressions.get(name, 1.0)
        weight = rules.progressions.get(name, weight)
        if weight > 0:
            out[name] = weight
    if out:
        return out
    return {n: 1.0 for n, row in banks.progressions.items() if row.mode in _wanted_mode(key) and not row.static}


def _support(theme: Theme, progression: Progression, slot: int, section: SectionPlan) -> float:
    """Share (0..1) of the theme's strong and long notes that are chord tones; each chord lasts `slot` ticks."""
    melody = remetre(theme.melody, phrase_meter(theme, section.meter))
    key = section.key
    good = total = 0.0
    for note in melody.notes:
        strength = section.meter.strength(note.onset % section.meter.bar_ticks)
        if strength < 3 and note.duration < section.meter.bar_ticks // 4:
            continue
        roman = progression.chords[(note.onset // slot) % len(progression.chords)]
        weight = note.duration * (2 if strength == 4 else 1)
        total += weight
        good += weight * (key.pitch(note.step, note.alter) % 12 in in_key(roman, key).core)
    return good / total if total else 0.5


def _choose(
    pool: Mapping[str, float],
    banks: Banks,
    section: SectionPlan,
    theme: Theme | None,
    slot: int,
    draw: Stream,
    avoid: str | None,
) -> str:
    weights = {name: w for name, w in pool.items() if name != avoid} or dict(pool)
    if theme is None:
        return draw.weighted(weights)
    best: tuple[float, str] | None = None
    for trial in range(TRIALS):
        name = draw.child(trial).weighted(weights)
        value = _support(theme, banks.progressions[name], slot, section) + 0.05 * draw.child(trial, "taste").uniform()
        if best is None or value > best[0]:
            best = (value, name)
    assert best is not None
    return best[1]


def _slot_ticks(section: SectionPlan, static: bool) -> int:
    """Ticks per chord: the cue's harmonic rhythm in whole bars, or in beats where it is faster than one a bar."""
    per_bar = section.chords_per_bar
    bar = section.meter.bar_ticks
    if static:
        per_bar = min(per_bar, 0.5)
    if per_bar >= 2 and len(section.meter.strong_ticks) == 2:
        return section.meter.strong_ticks[1]
    return bar * max(1, round(1 / per_bar)) if per_bar < 1 else bar


def _lay(romans: list[Roman], section: SectionPlan, slot: int) -> list[tuple[int, int, Roman]]:
    """Numerals over the section, one per slot, repeated as needed; an odd half bar goes to the slot before it."""
    out: list[tuple[int, int, Roman]] = []
    bar = section.meter.bar_ticks
    at = 0
    i = 0
    while at < section.length:
        inside = at % bar
        length = slot if slot >= bar else (slot if inside == 0 else bar - inside)
        length = min(length, section.length - at)
        out.append((section.start + at, length, romans[i % len(romans)]))
        at += length
        i += 1
    return out


def _close(spans: list[tuple[int, int, Roman]], numerals: str, bar: int) -> list[tuple[int, int, Roman]]:
    """The last chords replaced by a cadence; its last chord fills the last bar."""
    words = [parse_roman(word) for word in numerals.split()]
    end = spans[-1][0] + spans[-1][1]
    start = spans[0][0]
    last_length = min(bar, end - start)
    cuts = [(end - last_length, last_length, words[-1])]
    at = end - last_length
    lead_in = words[:-1]
    if lead_in and at > start:
        room = min(bar * (2 if len(lead_in) > 1 and at - start >= 4 * bar else 1), at - start)
        each = room // len(lead_in)
        for number, word in enumerate(lead_in):
            cuts.insert(
                number, (at - room + number * each, each if number < len(lead_in) - 1 else room - each * number, word)
            )
        at -= room
    kept = [(o, min(length, at - o), r) for o, length, r in spans if o < at]
    return kept + cuts


def _merged(spans: list[ChordSpan]) -> tuple[ChordSpan, ...]:
    out: list[ChordSpan] = []
    for span in spans:
        if out and out[-1].chord == span.chord and out[-1].key == span.key and not out[-1].cadence:
            before = out.pop()
            span = ChordSpan(before.onset, before.duration + span.duration, span.chord, span.key, span.cadence)
        out.append(span)
    return tuple(out)


def _section_cadence(plan: Plan, section: SectionPlan, last: bool, draw: Stream) -> tuple[str, str]:
    """(name, numerals) of how the section closes; empty numerals leave the progression as it is."""
    side = "minor" if section.key.minor else "major"
    if last:
        if plan.ending in WAITING:
            return plan.ending, (WAITING_MINOR if section.key.minor else WAITING)[plan.ending]
        if plan.ending == "unresolved":
            return "open", draw.weighted(OPEN[side])
        return "final", draw.weighted(FINAL[side])
    if section.treatment in ("intro", "break", "vamp") or section.bars < 4 or draw.chance(0.3):
        return "", ""
    table = HALF_MINOR if section.key.minor else HALF
    name = draw.choice(tuple(table))
    return name, table[name]


def harmonise(
    plan: Plan, style: Style, themes: Mapping[str, Theme], banks: Banks, draw: Stream
) -> tuple[ChordSpan, ...]:
    """The chords of the whole cue, without gaps, in order."""
    rules = style.cues.get(plan.brief.type, CueRules())
    chosen: dict[str, str] = {}
    out: list[ChordSpan] = []
    for section in plan.sections:
        stream = draw.child(section.harmony, section.key.mode)
        kind = {"close": "main", "break": "main"}.get(section.harmony, section.harmony)
        pool = _pool(plan, style, rules, banks, section.key)
        if kind == "pedal":
            static = {name: w for name, w in pool.items() if banks.progressions[name].static}
            pool = static or pool
        theme = themes.get(section.theme) if section.theme else None
        if kind not in chosen:
            slot = _slot_ticks(section, static=False)
            chosen[kind] = _choose(pool, banks, section, theme, slot, stream, chosen.get("main"))
        progression = banks.progressions[chosen[kind]]
        slot = _slot_ticks(section, progression.static)
        colours = draw.child("colour", kind)
        romans = [_spell(r, section.key, _colour_of(style, colours.child(i))) for i, r in enumerate(progression.chords)]
        spans = _lay(romans, section, slot)
        last = section.index == len(plan.sections) - 1
        name, numerals = _section_cadence(plan, section, last, draw.child("cadence", section.index))
        if numerals:
            spans = _close(spans, numerals, section.meter.bar_ticks)
        for number, (onset, length, roman) in enumerate(spans):
            cadence = name if number == len(spans) - 1 else ""
            out.append(ChordSpan(onset, length, in_key(roman, section.key), section.key, cadence))
    return _merged(out)
