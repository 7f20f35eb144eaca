"""Putting pieces of a theme on paper: at pitch for a player, onto the chords, with provenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cuesmith.casting.cast import Cast
from cuesmith.casting.register import CLIMAX_HEIGHT, height, lie
from cuesmith.casting.singer import GUIDE, sung_octave
from cuesmith.composition.melody.appoggiatura import FIRST_BARS, appoggiaturas, may_lean
from cuesmith.composition.melody.fit_to_chords import REACH, fit
from cuesmith.composition.melody.layout import theme_meter
from cuesmith.composition.melody.material import Piece, heard_identity
from cuesmith.motif.identity import identity
from cuesmith.motif.model import Theme
from cuesmith.motif.ops import best_identity
from cuesmith.motif.transform import remetre
from cuesmith.music.note import Note
from cuesmith.plan.free_meter.breaths import flow_of, phrase_bars
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.score import ChordSpan, Passage, Statement
from cuesmith.specs.banks.instruments import Instrument

BENT = 2  # semitones a note at the edge of the good register may be moved for that alone
LEAST_NOTES = 3  # fewer are no quotation of anything


def velocity_of(energy: float) -> int:
    """Mean velocity of a section: 46 at rest, 106 at full force."""
    return round(46 + 60 * energy)


def _room(instrument: Instrument, pitches: Sequence[int]) -> tuple[int, int]:
    """Lowest and highest pitch a melody may be bent to: the good register, or as far out of it as it goes anyway.

    What passes the edge by no more than BENT semitones is bent back.
    """
    low, high = instrument.sweet
    bottom, top = min(pitches), max(pitches)
    low = low if bottom >= low - BENT else bottom
    high = high if top <= high + BENT else top
    return max(instrument.range[0], low), min(instrument.range[1], high)


@dataclass(frozen=True, slots=True)
class MelodyWriter:
    """What whoever writes melody has before him: the plan, the chords, the players, the themes by name.

    ceiling: the highest note of the climax (MIDI pitch), which others should not pass; None while the climax itself is
    written. strict: how much worse than usual a note foreign to its chord is on a strong place.
    """

    plan: Plan
    harmony: tuple[ChordSpan, ...]
    cast: Cast
    themes: Mapping[str, Theme]
    ceiling: int | None = None
    strict: float = 1.0

    def barred(self, section: SectionPlan, theme: Theme) -> float:
        """What being written in another meter leaves of the theme's identity: 1 in its own."""
        meter = theme_meter(section, theme)
        if meter.bar_ticks == theme.motif.meter.bar_ticks:
            return 1.0
        return identity(theme.motif.shape(section.key), remetre(theme.motif, meter).shape(section.key))

    def octave(self, pieces: Sequence[Piece], section: SectionPlan, seat: str, name: str) -> int:
        """The octave in which a melody lies best for its player: higher the fuller the section, or as a recipe asks."""
        row = self.plan.theme_form(name, section).row
        pitches = sorted(section.key.pitch(n.step, n.alter, 4) for piece in pieces for n in piece.motif.notes)
        if seat == GUIDE:
            return sung_octave(self.cast.player(seat), pitches)
        high = height(section.energy) if self.ceiling is not None else CLIMAX_HEIGHT
        register = 2 * section.register + (row.register if row is not None else 0)
        return lie(pitches, self.cast.instrument(seat), high, register, self.ceiling).octave

    def passages(
        self,
        section: SectionPlan,
        name: str,
        seat: str,
        pieces: Sequence[Piece],
        *,
        octave: int | None = None,
        against: Sequence[Note] = (),
    ) -> list[Passage]:
        """The pieces as one player plays them, fitted to the chords; a passage for each.

        octave: of the theme's tonic; None: where it lies best. against: notes of another voice, in order, that strong
        beats should not clash with.
        """
        pieces = [piece for piece in pieces if piece.motif.notes]
        if not pieces:
            return []
        theme, instrument = self.themes[name], self.cast.instrument(seat)
        row = self.plan.theme_form(name, section).row
        if octave is None:
            octave = self.octave(pieces, section, seat, name)
        classes = None
        if theme.scale.pentatonic:
            classes = frozenset(section.key.pitch(s) % 12 for s in theme.scale.steps)
        velocity = velocity_of(section.energy)
        barred = self.barred(section, theme)
        flow = flow_of(self.plan) if section.flow else None
        out = []
        sighs_from = section.start + FIRST_BARS * section.meter.bar_ticks
        for piece in pieces:
            at = section.start + piece.start
            raw = [n._replace(onset=n.onset + at) for n in piece.motif.realise(section.key, octave, velocity)]
            low, high = _room(instrument, [n.pitch for n in raw])
            if self.ceiling is not None and max(n.pitch for n in raw) - self.ceiling < REACH:
                high = min(high, self.ceiling - 1)
            notes = fit(
                [n for n in raw if n.onset < section.end], self.harmony, section.meter, section.start, classes=classes,
                low=low, high=high, against=against, strict=self.strict,
            )  # fmt: skip
            if not notes:
                continue
            if appoggiaturas(self.plan) and not against:
                notes, sighs_from = may_lean(
                    notes, self.harmony, section, sighs_from, classes=classes, ceiling=self.ceiling
                )
            said = None
            if len(notes) >= LEAST_NOTES:
                shape = [(n.onset, n.pitch) for n in notes]
                known = best_identity(piece.original.shape(section.key), shape)
                if flow is not None:
                    known = heard_identity(piece, notes, section, flow, phrase_bars(self.plan, section))
                likeness = round(barred * known, 3)
                said = Statement(name, piece.ops, likeness, notes[0].onset, notes[-1].end, section.name)
            asked = row.articulation if row else "normal"
            articulation = asked if asked != "normal" else section.articulation
            out.append(Passage(notes, section.index, seat, articulation, said))
        return out
