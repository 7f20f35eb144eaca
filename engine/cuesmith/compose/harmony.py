"""Harmony: a chord for every moment of the plan.

For each kind of section a progression of the bank is taken that suits the cue and carries the theme; its last phrase
goes another way, and a cadence closes it. Then, in this order: returning themes may be set anew, changes of key are
prepared, chords are substituted where the theme allows it, eight bars without colour get some, and what is still plain
is spelled in the colours of the style. Chords that a person gives are left as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cuesmith.chance import Stream
from cuesmith.compose.cadence import choose_cadence, close, end_of
from cuesmith.compose.charted import charts_of, given_steps
from cuesmith.compose.modulate import prepare
from cuesmith.compose.progression import CLOSING, PHRASE_BARS, chord_ticks, choose, lay_out, pool, spans_of
from cuesmith.compose.reharmonise import CHANCE, reharmonised
from cuesmith.compose.spelling import colour_weights, spell
from cuesmith.compose.steps import Bed, Step, bed_of
from cuesmith.compose.substitute import Rules, Site, colour_at, colour_devices, is_colour, rules_for, substitute
from cuesmith.motif.model import Theme
from cuesmith.music.chord import Roman, in_key
from cuesmith.score import ChordSpan, Plan, SectionPlan
from cuesmith.specs.library import Banks
from cuesmith.specs.style import CueRules, Style

KIND = {"close": "main", "break": "main"}  # harmony of a section → whose progression it takes
PHRASED = ("statement", "restatement", "contrast", "chorus", "head", "coda")  # sections with a last phrase of their own
COLOUR_BARS = 8  # a theme cue has a colour event in every so many bars
FIRST_ZEAL, RETURN_ZEAL = 0.7, 1.3  # how eagerly chords are substituted the first time, and when the section returns
MIN_TONIC = 0.1  # share of the bars of a cue that stand on the tonic


@dataclass(slots=True)
class _Choices:
    """What has been chosen for the cue so far."""

    pools: dict[bool, dict[str, float]] = field(default_factory=dict)
    rules: dict[bool, Rules] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
    heard: dict[str, int] = field(default_factory=dict)
    cadences: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Everything the harmony of a cue is made from."""

    plan: Plan
    style: Style
    banks: Banks
    draw: Stream
    choices: _Choices

    def pool(self, minor: bool) -> dict[str, float]:
        """The progressions for a mode, weighed once per cue."""
        if minor not in self.choices.pools:
            rules = self.style.cues.get(self.plan.brief.type, CueRules())
            self.choices.pools[minor] = pool(self.plan, self.style, rules, self.banks, minor)
        return self.choices.pools[minor]

    def rules(self, minor: bool) -> Rules:
        """The substitutions for a mode."""
        if minor not in self.choices.rules:
            self.choices.rules[minor] = rules_for(self.plan, self.style, self.banks, minor)
        return self.choices.rules[minor]

    def progression(self, kind: str, section: SectionPlan, bed: Bed) -> str:
        """The row of a kind of section: chosen where it is first met, unlike the others."""
        rows = self.choices.rows
        key = kind if kind != "pedal" else f"pedal {section.key.minor}"
        if key not in rows:
            weights = self.pool(section.key.minor)
            if kind == "pedal":
                static = {name: w for name, w in weights.items() if self.banks.progressions[name].static}
                weights = static or weights
            elif any(not self.banks.progressions[name].closes for name in weights):
                weights = {n: w for n, w in weights.items() if not self.banks.progressions[n].closes}
            spans = spans_of(section, chord_ticks(self.plan, section, self.banks, static=False))
            turn = section.length - PHRASE_BARS * section.meter.bar_ticks
            opening = [span for span in spans if span[0] < turn] or spans
            stream = self.draw.child("progression", kind)
            rows[key] = choose(weights, self.banks, bed, opening[:12], stream, rows.values())
        return rows[key]

    def answer(self, section: SectionPlan, bed: Bed, spans: Sequence[tuple[int, int]], row: str) -> tuple[Roman, ...]:
        """The chords of the last phrase, from another row that ends."""
        rows = self.banks.progressions
        weights = {
            name: weight * (CLOSING if rows[name].closes else 1.0)
            for name, weight in self.pool(section.key.minor).items()
            if name != row and not rows[name].static
        }
        if not weights:
            return rows[row].chords
        turn = section.length - PHRASE_BARS * section.meter.bar_ticks
        last = [span for span in spans if span[0] >= turn]
        stream = self.draw.child("answer", section.index)
        likely = choose_aligned(weights, self.banks, bed, last, stream)
        return rows[likely].chords

    def section(self, section: SectionPlan, bed: Bed) -> tuple[list[Step], bool]:
        """The plain chords of a section with its cadence, and whether it is a return."""
        kind = KIND.get(section.harmony, section.harmony)
        name = self.progression(kind, section, bed)
        row = self.banks.progressions[name]
        spans = spans_of(section, chord_ticks(self.plan, section, self.banks, row.static))
        times = self.choices.heard[kind] = self.choices.heard.get(kind, 0) + 1
        phrased = section.treatment in PHRASED and section.bars >= 2 * PHRASE_BARS and not row.static
        answer = self.answer(section, bed, spans, name) if phrased else None
        steps = lay_out(row.chords, answer, spans, section)
        stream = self.draw.child("cadence", section.index)
        cadence = choose_cadence(self.plan, section, self.style, self.banks, bed, self.choices.cadences, stream)
        if cadence:
            self.choices.cadences.append(cadence)
            steps = close(steps, self.banks.cadences[cadence], end_of(self.plan, section), section)
        returning = times > 1 and section.treatment in ("restatement", "chorus", "statement", "head", "contrast")
        if returning and self.draw.child("return", section.index).chance(CHANCE.get(self.plan.brief.type, 0.0)):
            steps = reharmonised(steps, bed, self.plan, self.banks, section.key.minor)
        return steps, returning


def choose_aligned(
    weights: Mapping[str, float], banks: Banks, bed: Bed, spans: Sequence[tuple[int, int]], draw: Stream
) -> str:
    """As `progression.choose`, for rows whose last chord must meet the last span."""
    rows = banks.progressions
    likely = {}
    for name, weight in weights.items():
        chords = rows[name].chords
        if bed:
            fits = [
                bed.fit(chords[-left % len(chords)], onset, onset + length)
                for left, (onset, length) in zip(range(len(spans), 0, -1), spans, strict=True)
            ]
            weight *= 2.0 ** (10 * sum(fits) / max(1, len(fits)))
        likely[name] = weight
    return draw.weighted(likely)


def _colour(
    laid: list[list[Step]], plan: Plan, beds: Sequence[Bed], returns: Sequence[bool], maker: _Maker
) -> None:
    """A colour event for every eight bars that have none, in place."""
    devices = colour_devices(maker.banks)
    bars = [(section.index, tick - section.start) for section in plan.sections for tick in section.bar_ticks()]
    for group in range(0, len(bars) - COLOUR_BARS + 1, COLOUR_BARS):
        window = bars[group : group + COLOUR_BARS]
        reach: dict[int, tuple[int, int]] = {}
        for index, tick in window:
            low, _ = reach.get(index, (tick, tick))
            reach[index] = (low, tick + plan.sections[index].meter.bar_ticks)
        inside = [
            (index, number)
            for index, (low, high) in reach.items()
            for number, step in enumerate(laid[index])
            if low <= step.onset < high
        ]
        if any(is_colour(laid[i][n], plan.sections[i].key.mode, devices) for i, n in inside):
            continue
        stream = maker.draw.child("colour", group)
        for index, number in stream.shuffled(inside):
            step = laid[index][number]
            if step.cadence or step.device:
                continue
            section = plan.sections[index]
            site = _site(laid, index, number, plan, beds, returns)
            fresh = colour_at(site, maker.rules(section.key.minor), stream)
            if fresh is not None:
                laid[index] = fresh
                break


def _following(laid: Sequence[Sequence[Step]], index: int, plan: Plan) -> Roman | None:
    """The first chord of the next section where it stands in the same key."""
    if index + 1 == len(laid) or plan.sections[index + 1].key != plan.sections[index].key:
        return None
    return laid[index + 1][0].roman


def _site(
    laid: Sequence[Sequence[Step]], index: int, number: int, plan: Plan, beds: Sequence[Bed], returns: Sequence[bool]
) -> Site:
    section = plan.sections[index]
    climax = section.index == plan.climax.index
    after = _following(laid, index, plan)
    return Site(laid[index], number, section.meter, section.key.mode, beds[index], after, climax, returns[index])


def _spans(section: SectionPlan, steps: Sequence[Step]) -> list[ChordSpan]:
    return [
        ChordSpan(
            section.start + step.onset, step.length, in_key(step.roman, section.key), section.key, step.cadence, step.device
        )
        for step in steps
    ]


def _merged(spans: Sequence[ChordSpan]) -> tuple[ChordSpan, ...]:
    """Neighbours of one chord and key made one, unless a cadence stands between."""
    out: list[ChordSpan] = []
    for span in spans:
        if out and not out[-1].cadence:
            before = out[-1]
            if before.key == span.key and before.symbol == span.symbol:
                device = before.device or span.device
                length = before.duration + span.duration
                out[-1] = ChordSpan(before.onset, length, span.chord, span.key, span.cadence, device)
                continue
        out.append(span)
    return tuple(out)


def harmonise(
    plan: Plan, style: Style, themes: Mapping[str, Theme], banks: Banks, draw: Stream
) -> tuple[ChordSpan, ...]:
    """The chords of the whole cue, without gaps, in order.

    Raises ComposeError when chords are given for a section that the cue does not have.
    """
    maker = _Maker(plan, style, banks, draw, _Choices())
    charts = charts_of(plan)
    sections = plan.sections
    beds = [bed_of(section, plan, themes) for section in sections]
    laid: list[list[Step]] = []
    returns: list[bool] = []
    given: list[bool] = []
    for section, bed in zip(sections, beds, strict=True):
        own = given_steps(section, plan, charts)
        given.append(own is not None)
        steps, returning = (own, False) if own is not None else maker.section(section, bed)
        laid.append(steps)
        returns.append(returning)
    if given[-1]:
        laid[-1] = _given_close(laid[-1], maker)
    for index in range(len(sections) - 1):
        if sections[index].key != sections[index + 1].key and not given[index]:
            stream = draw.child("modulation", index)
            laid[index], device = prepare(laid[index], sections[index], sections[index + 1], banks, style, stream)
            if device and not given[index + 1]:
                first = laid[index + 1][0]
                laid[index + 1][0] = first._replace(device=first.device or device)
    for index, section in enumerate(sections):
        static = KIND.get(section.harmony, section.harmony) == "pedal"
        if not given[index] and not static:
            stream = draw.child("substitute", section.index)
            zeal = RETURN_ZEAL if returns[index] else FIRST_ZEAL
            site = _site(laid, index, 0, plan, beds, returns)
            laid[index] = substitute(site, maker.rules(section.key.minor), stream, zeal)
    if not any(given) and plan.melody in ("full", "sparse"):
        _colour(laid, plan, beds, returns, maker)
    weights = colour_weights(plan, style, banks)
    out: list[ChordSpan] = []
    for index, section in enumerate(sections):
        steps = laid[index]
        if not given[index]:
            stream = draw.child("spelling", KIND.get(section.harmony, section.harmony))
            steps = spell(steps, weights, banks, section.key.mode, beds[index], stream, _following(laid, index, plan))
        out.extend(_spans(section, steps))
    return _merged(out)


def _given_close(steps: list[Step], maker: _Maker) -> list[Step]:
    """Given chords with the ending's chord in the last bar, where they do not close by themselves."""
    plan, last = maker.plan, maker.plan.sections[-1]
    end = end_of(plan, last)
    home = steps[-1].roman
    at_rest = home.root == home.bass == 0
    if end in ("attacca", "loop") or (end == "final" and at_rest):
        name = end
    elif end == "open" and not (at_rest and home.quality in ("maj", "min")):
        name = end
    else:
        bar = last.meter.bar_ticks
        row = choose_cadence(plan, last, maker.style, maker.banks, Bed(), (), maker.draw.child("cadence", last.index))
        edge = last.length - bar
        closing = maker.banks.cadences[row].chords[-1]
        kept = [s for s in steps if s.onset < edge]
        return [*kept, Step(edge, bar, closing, f"{maker.banks.cadences[row].kind} cadence", end)]
    return [*steps[:-1], steps[-1]._replace(cadence=name)]
