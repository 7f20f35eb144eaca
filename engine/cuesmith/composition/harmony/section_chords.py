"""The plain harmony of one section: its progression, the answer of its last phrase, its cadence, or a theme set anew.

What has been chosen for a cue is kept, so that a section that returns is recognised: the progression of its kind, the
answer (mostly), and the weights that hold for the whole cue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from cuesmith.chance import Stream
from cuesmith.composition.harmony.cadence import choose_cadence, close, end_of
from cuesmith.composition.harmony.chord_colours import Colours
from cuesmith.composition.harmony.chord_sequence import Bed, Step
from cuesmith.composition.harmony.progression import (
    CLOSING,
    PHRASE_BARS,
    choose,
    chord_ticks,
    lay_out,
    moving,
    pool,
    spans_of,
)
from cuesmith.composition.harmony.reharmonise import reharmonised
from cuesmith.composition.harmony.substitution import SubstitutionRules, rules_for
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.brief import Mood
from cuesmith.specs.style import CueRules, Style

KIND = {"close": "main", "break": "main"}  # harmony of a section → whose progression it takes
Light: TypeAlias = tuple[bool, Mood | None]
NEW_ANSWER = 0.3  # of the returns end in another way than the first time


def kind_of(section: SectionPlan) -> str:
    """main, contrast or pedal: whose progression a section takes."""
    return KIND.get(section.harmony, section.harmony)


def light_of(section: SectionPlan) -> Light:
    """What sections share that share their progressions: gender and, where beats or dials ask for one, mood."""
    return section.key.minor, section.mood


@dataclass(slots=True)
class Choices:
    """What has been chosen for the cue so far."""

    pools: dict[Light, dict[str, float]] = field(default_factory=dict)
    rules: dict[bool, SubstitutionRules] = field(default_factory=dict)
    rows: dict[tuple[str, Light], str] = field(default_factory=dict)
    colours: dict[tuple[bool, str, Mood | None], Colours] = field(default_factory=dict)
    answers: dict[tuple[str, Light], str] = field(default_factory=dict)
    heard: dict[tuple[str, str | None], int] = field(default_factory=dict)
    cadences: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Maker:
    """Everything the harmony of a cue is made from."""

    plan: Plan
    style: Style
    banks: Banks
    draw: Stream
    beds: tuple[Bed, ...]
    choices: Choices

    def pool(self, section: SectionPlan) -> dict[str, float]:
        """The progressions for the light a section stands in, weighed once per cue."""
        light = light_of(section)
        if light not in self.choices.pools:
            rules = self.style.cues.get(self.plan.brief.type, CueRules())
            self.choices.pools[light] = pool(self.plan, self.style, rules, self.banks, section)
        return self.choices.pools[light]

    def rules(self, minor: bool) -> SubstitutionRules:
        """The substitutions for a mode."""
        if minor not in self.choices.rules:
            self.choices.rules[minor] = rules_for(self.plan, self.style, self.banks, minor)
        return self.choices.rules[minor]

    def progression(self, kind: str, section: SectionPlan, bed: Bed) -> str:
        """The row of a kind of section in a mode: chosen where it is first met, unlike the others."""
        rows = self.choices.rows
        key = (kind, light_of(section))
        if key not in rows:
            weights = self.pool(section)
            if kind == "pedal":
                static = {name: w for name, w in weights.items() if self.banks.progressions[name].static}
                weights = static or weights
            else:
                weights = moving(weights, self.plan, self.banks)
                going_on = {n: w for n, w in weights.items() if not self.banks.progressions[n].closes}
                weights = going_on or weights
            section, bed = self._first_sung(kind, section, bed)
            spans = spans_of(section, chord_ticks(self.plan, section, self.banks, static=False))
            turn = section.length - PHRASE_BARS * section.meter.bar_ticks
            opening = [span for span in spans if span[0] < turn] or spans
            stream = self.draw.child("progression", kind, section.key.minor)
            rows[key] = choose(weights, self.banks, bed, opening[:12], stream, rows.values())
        return rows[key]

    def _first_sung(self, kind: str, section: SectionPlan, bed: Bed) -> tuple[SectionPlan, Bed]:
        """The first section of a kind and mode that states a theme; the section itself when none does."""
        for other, own in zip(self.plan.sections, self.beds, strict=True):
            if own and kind_of(other) == kind and other.key.mode == section.key.mode:
                return other, own
        return section, bed

    def answer(self, kind: str, section: SectionPlan, bed: Bed, spans: Sequence[tuple[int, int]], row: str) -> str:
        """The row of the last phrase: one that ends, the same for each return of the section or, now and then, new."""
        rows, answers = self.banks.progressions, self.choices.answers
        stream, key = self.draw.child("answer", section.index), (kind, light_of(section))
        if key in answers and not stream.chance(NEW_ANSWER):
            return answers[key]
        weights = {
            name: weight * (CLOSING if rows[name].closes else 1.0)
            for name, weight in self.pool(section).items()
            if name != row and not rows[name].static
        }
        if not weights:
            return row
        turn = section.length - PHRASE_BARS * section.meter.bar_ticks
        last = [span for span in spans if span[0] >= turn]
        found = choose(weights, self.banks, bed, last, stream, from_end=True)
        answers.setdefault(key, found)
        return found

    def section(self, section: SectionPlan, bed: Bed) -> tuple[list[Step], bool, bool]:
        """The plain chords of a section with its cadence; whether it is a return, and whether its row is static."""
        kind = kind_of(section)
        name = self.progression(kind, section, bed)
        row = self.banks.progressions[name]
        spans = spans_of(section, chord_ticks(self.plan, section, self.banks, row.static))
        returning = False
        if section.treatment_row.states:
            said = self.choices.heard.get((kind, section.theme), 0)
            self.choices.heard[kind, section.theme] = said + 1
            returning = said > 0
        phrased = section.treatment_row.phrased and section.bars >= 2 * PHRASE_BARS and not row.static
        answer = self.banks.progressions[self.answer(kind, section, bed, spans, name)].chords if phrased else None
        steps = lay_out(row.chords, answer, spans, section)
        stream = self.draw.child("cadence", section.index)
        cadence = choose_cadence(self.plan, section, self.style, self.banks, bed, self.choices.cadences, stream)
        if cadence:
            self.choices.cadences.append(cadence)
            steps = close(steps, self.banks.cadences[cadence], end_of(self.plan, section), section)
        if self._anew(section, kind, returning):
            steps = reharmonised(steps, bed, self.plan, self.banks, section.key.minor)
        return steps, returning, row.static

    def _anew(self, section: SectionPlan, kind: str, returning: bool) -> bool:
        """Whether a returning theme is set to new chords: by cue type, and only the last time it comes."""
        later = (
            other.theme == section.theme and other.treatment_row.states and kind_of(other) == kind
            for other in self.plan.sections[section.index + 1 :]
        )
        chance = self.banks.cue_types[self.plan.brief.type].new_chords
        return returning and not any(later) and self.draw.child("return", section.index).chance(chance)
