"""The basic chords of one section: its progression, a different last phrase, its cadence, or a reharmonised theme.

Choices are kept for the whole cue, so that a returning section is recognised: the progression of its kind, usually its
last phrase, and all weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from cuesmith.chance import Stream
from cuesmith.composition.harmony.cadence import choose_cadence, end_of, with_cadence
from cuesmith.composition.harmony.chord_colours import Colours
from cuesmith.composition.harmony.chord_sequence import MelodyOutline, TimedChord, chords_from, chords_until
from cuesmith.composition.harmony.progression import (
    CLOSING,
    PHRASE_BARS,
    choose,
    chord_ticks,
    kin_weight,
    lay_out_chords,
    moving,
    progression_weights,
    spans_of,
)
from cuesmith.composition.harmony.reharmonise import reharmonise, support
from cuesmith.composition.harmony.substitution import SubstitutionRules, rules_for
from cuesmith.music.chord import Roman
from cuesmith.music.scale import MODES
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.brief import Mood
from cuesmith.specs.style import CueRules, Style

KIND = {"close": "main", "break": "main"}  # harmony of a section → kind of section whose progression it uses
ModeAndMood: TypeAlias = tuple[bool, Mood | None]
ALIKE_BARS = 2  # where the second phrase begins with the same bars of tune as the first, it has their chords too
NEW_ANSWER = 0.3  # share of returning sections with a new last phrase


def kind_of(section: SectionPlan) -> str:
    """Return the kind of section whose progression is used: main, contrast or pedal."""
    return KIND.get(section.harmony, section.harmony)


def mode_and_mood(section: SectionPlan) -> ModeAndMood:
    """Return what sections with the same progression share: major or minor, and the mood when one is set."""
    return section.key.minor, section.mood


@dataclass(slots=True)
class Choices:
    """What has been chosen for the cue so far.

    progression_weights: by mode and mood. rules: substitutions by minor or not. rows: progressions by kind of section.
    colours: colours of numerals. answers: last phrases. heard: how often a theme was stated. cadences: those used.
    """

    progression_weights: dict[ModeAndMood, dict[str, float]] = field(default_factory=dict)
    rules: dict[bool, SubstitutionRules] = field(default_factory=dict)
    rows: dict[tuple[str, ModeAndMood], str] = field(default_factory=dict)
    colours: dict[tuple[bool, str, Mood | None], Colours] = field(default_factory=dict)
    answers: dict[tuple[str, ModeAndMood], str] = field(default_factory=dict)
    heard: dict[tuple[str, str | None], int] = field(default_factory=dict)
    cadences: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Harmoniser:
    """Everything that is needed to write the chords of a cue."""

    plan: Plan
    style: Style
    banks: Banks
    draw: Stream
    outlines: tuple[MelodyOutline, ...]
    choices: Choices

    def progression_weights(self, section: SectionPlan) -> dict[str, float]:
        """Return the weights of progressions for a section; computed once per mode and mood."""
        key = mode_and_mood(section)
        if key not in self.choices.progression_weights:
            rules = self.style.cues.get(self.plan.brief.type, CueRules())
            self.choices.progression_weights[key] = progression_weights(
                self.plan, self.style, rules, self.banks, section
            )
        return self.choices.progression_weights[key]

    def vocabulary(self, section: SectionPlan) -> tuple[Roman, ...]:
        """Return the chords of all progressions that this cue may have, as far as they lie in the mode of a section.

        Without chords over a foreign bass: they belong to their pedal.
        """
        inside = frozenset(MODES[section.key.mode])
        rows = [self.banks.progressions[name] for name in self.progression_weights(section)]
        chords = dict.fromkeys(roman for row in rows if not row.static for roman in row.chords)
        return tuple(roman for roman in chords if roman.classes <= inside and roman.bass in roman.classes)

    def rules(self, minor: bool) -> SubstitutionRules:
        """Return the substitution rules for major or minor."""
        if minor not in self.choices.rules:
            self.choices.rules[minor] = rules_for(self.plan, self.style, self.banks, minor)
        return self.choices.rules[minor]

    def progression(self, kind: str, section: SectionPlan, outline: MelodyOutline) -> str:
        """Return the progression of a kind of section; chosen at its first occurrence, different from the others."""
        rows = self.choices.rows
        key = (kind, mode_and_mood(section))
        if key not in rows:
            weights = self.progression_weights(section)
            if kind == "pedal":
                static = {name: w for name, w in weights.items() if self.banks.progressions[name].static}
                weights = static or weights
            else:
                weights = moving(weights, self.plan, self.banks)
                not_closing = {n: w for n, w in weights.items() if not self.banks.progressions[n].closes}
                weights = not_closing or weights
            section, outline = self._first_with_melody(kind, section, outline)
            spans = spans_of(section, chord_ticks(self.plan, section, self.banks, static=False))
            last_phrase = section.length - PHRASE_BARS * section.meter.bar_ticks
            opening = [span for span in spans if span[0] < last_phrase] or spans
            stream = self.draw.child("progression", kind, section.key.minor)
            rows[key] = choose(weights, self.banks, outline, opening[:12], stream, rows.values())
        return rows[key]

    def _first_with_melody(
        self, kind: str, section: SectionPlan, outline: MelodyOutline
    ) -> tuple[SectionPlan, MelodyOutline]:
        """Return the first section of this kind and mode that has a melody; the section itself when none has."""
        for other, other_outline in zip(self.plan.sections, self.outlines, strict=True):
            if other_outline and kind_of(other) == kind and other.key.mode == section.key.mode:
                return other, other_outline
        return section, outline

    def answer(
        self, kind: str, section: SectionPlan, outline: MelodyOutline, spans: Sequence[tuple[int, int]], row: str
    ) -> str:
        """Return the progression of the last phrase: one that closes, usually the same whenever the section returns."""
        rows, answers = self.banks.progressions, self.choices.answers
        stream, key = self.draw.child("answer", section.index), (kind, mode_and_mood(section))
        if key in answers and not stream.chance(NEW_ANSWER):
            return answers[key]
        weights = {
            name: weight * (CLOSING if rows[name].closes else 1.0)
            for name, weight in self.progression_weights(section).items()
            if name != row and not rows[name].static
        }
        if not weights:
            return row
        last_phrase = section.length - PHRASE_BARS * section.meter.bar_ticks
        last = [span for span in spans if span[0] >= last_phrase]
        chosen = choose(weights, self.banks, outline, last, stream, from_end=True)
        answers.setdefault(key, chosen)
        return chosen

    def section(self, section: SectionPlan, outline: MelodyOutline) -> tuple[list[TimedChord], bool, bool]:
        """Return the basic chords of a section, whether it returns, and whether its progression is static."""
        kind = kind_of(section)
        name = self.progression(kind, section, outline)
        row = self.banks.progressions[name]
        spans = spans_of(section, chord_ticks(self.plan, section, self.banks, row.static))
        returning = False
        if section.treatment_row.states:
            times_heard = self.choices.heard.get((kind, section.theme), 0)
            self.choices.heard[kind, section.theme] = times_heard + 1
            returning = times_heard > 0
        phrased = section.treatment_row.phrased and section.bars >= 2 * PHRASE_BARS and not row.static
        answer = self.banks.progressions[self.answer(kind, section, outline, spans, name)].chords if phrased else None
        bar = section.meter.bar_ticks
        begins_alike = section.length == 2 * PHRASE_BARS * bar and outline.repeats(ALIKE_BARS * bar, PHRASE_BARS * bar)
        answer_bars = PHRASE_BARS - ALIKE_BARS if begins_alike else PHRASE_BARS
        chords = lay_out_chords(row.chords, answer, spans, section, answer_bars)
        stream = self.draw.child("cadence", section.index)
        cadence = choose_cadence(self.plan, section, self.style, self.banks, outline, self.choices.cadences, stream)
        if cadence:
            self.choices.cadences.append(cadence)
            chords = with_cadence(chords, self.banks.cadences[cadence], end_of(self.plan, section), section)
        if section.treatment_row.whole and not row.static:
            chords = support(chords, outline, self.vocabulary(section), section.meter.bar_ticks)
        if section.coda_row is not None and section.coda_row.first_close is not None:
            chords = self._with_first_close(chords, section, section.coda_row.first_close, stream.child("first close"))
        if self._gets_new_chords(section, kind, returning):
            chords = reharmonise(chords, outline, self.plan, self.banks, section.key.minor)
        return chords, returning, row.static

    def _with_first_close(
        self, chords: list[TimedChord], section: SectionPlan, kind: str, draw: Stream
    ) -> list[TimedChord]:
        """Close half of a coda with a cadence of this kind; its last chord fills the last of these bars."""
        half = section.bars // 2
        first = replace(section, bars=half, length=half * section.meter.bar_ticks)
        mode = "minor" if section.key.minor else "major"
        weights = {
            name: row.inner * kin_weight(row.styles, self.plan.brief.style, self.style.kin)
            for name, row in self.banks.cadences.items()
            if row.kind == kind and row.mode == mode
        }
        opening = chords_until(chords, first.length)
        closed = with_cadence(opening, self.banks.cadences[draw.weighted(weights)], "inner", first)
        return [*closed, *chords_from(chords, first.length)]

    def _gets_new_chords(self, section: SectionPlan, kind: str, returning: bool) -> bool:
        """Tell whether a returning theme is reharmonised: by cue type, and only in its last statement."""
        later = (
            other.theme == section.theme and other.treatment_row.states and kind_of(other) == kind
            for other in self.plan.sections[section.index + 1 :]
        )
        chance = self.banks.cue_types[self.plan.brief.type].new_chords
        return returning and not any(later) and self.draw.child("return", section.index).chance(chance)
