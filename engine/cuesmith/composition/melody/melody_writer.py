"""Write pieces of a theme for a player: at pitch, fitted to the chords, with the theme noted on each passage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cuesmith.casting.cast import Cast
from cuesmith.casting.register import CLIMAX_HEIGHT, height, lie
from cuesmith.casting.singer import GUIDE, sung_octave
from cuesmith.composition.melody.appoggiatura import FIRST_BARS, add_appoggiatura, has_appoggiaturas
from cuesmith.composition.melody.fit_to_chords import REACH, fit
from cuesmith.composition.melody.layout import theme_meter
from cuesmith.composition.melody.material import Piece, heard_identity
from cuesmith.motif.identity import identity
from cuesmith.motif.model import Theme
from cuesmith.motif.ops import best_identity
from cuesmith.motif.transform import change_meter
from cuesmith.music.note import Note
from cuesmith.plan.free_meter.breaths import flow_of, phrase_bars
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.score import ChordSpan, Passage, Statement
from cuesmith.specs.banks.instruments import Instrument

BENT = 2  # a melody that leaves the good register by at most this many semitones is moved into it
LEAST_NOTES = 3  # a passage with fewer notes is not a statement


def velocity_of(energy: float) -> int:
    """Return the mean velocity of a section: 46 at energy 0, 106 at energy 1."""
    return round(46 + 60 * energy)


def _allowed_range(instrument: Instrument, pitches: Sequence[int]) -> tuple[int, int]:
    """Return the range of a melody: the good register, or as far outside it as the melody goes anyway."""
    low, high = instrument.sweet
    bottom, top = min(pitches), max(pitches)
    low = low if bottom >= low - BENT else bottom
    high = high if top <= high + BENT else top
    return max(instrument.range[0], low), min(instrument.range[1], high)


@dataclass(frozen=True, slots=True)
class MelodyWriter:
    """What is needed to write a melody: plan, chords, players, themes by name.

    ceiling: highest pitch of the climax, which other melodies should not pass; None while the climax is written.
    strict: factor on the cost of foreign notes on strong places.
    """

    plan: Plan
    harmony: tuple[ChordSpan, ...]
    cast: Cast
    themes: Mapping[str, Theme]
    ceiling: int | None = None
    strict: float = 1.0

    def meter_identity(self, section: SectionPlan, theme: Theme) -> float:
        """Return how much of a theme's identity remains in the meter of a section; 1 in its own meter."""
        meter = theme_meter(section, theme)
        if meter.bar_ticks == theme.motif.meter.bar_ticks:
            return 1.0
        return identity(theme.motif.shape(section.key), change_meter(theme.motif, meter).shape(section.key))

    def octave(self, pieces: Sequence[Piece], section: SectionPlan, seat: str, name: str) -> int:
        """Return the octave in which a melody lies best: higher with more energy, or as a recipe asks."""
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
        keep_shape: float = 1.0,
    ) -> list[Passage]:
        """Write the pieces for one player, fitted to the chords, as one passage each.

        octave: of the theme's tonic; None: the best one. against: notes of another voice, in order, that should not
            clash on strong beats. keep_shape: how much more than usual its intervals count against the chords.
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
        meter_identity = self.meter_identity(section, theme)
        flow = flow_of(self.plan) if section.flow else None
        out = []
        appoggiaturas_from = section.start + FIRST_BARS * section.meter.bar_ticks
        for piece in pieces:
            at = section.start + piece.start
            raw = [n._replace(onset=n.onset + at) for n in piece.motif.realise(section.key, octave, velocity)]
            low, high = _allowed_range(instrument, [n.pitch for n in raw])
            if self.ceiling is not None and max(n.pitch for n in raw) - self.ceiling < REACH:
                high = min(high, self.ceiling - 1)
            notes = fit(
                [n for n in raw if n.onset < section.end], self.harmony, section.meter, section.start, classes=classes,
                low=low, high=high, against=against, strict=self.strict, keep_shape=keep_shape,
            )  # fmt: skip
            if not notes:
                continue
            if has_appoggiaturas(self.plan) and not against:
                notes, appoggiaturas_from = add_appoggiatura(
                    notes, self.harmony, section, appoggiaturas_from, classes=classes, ceiling=self.ceiling
                )
            statement = None
            if len(notes) >= LEAST_NOTES:
                shape = [(n.onset, n.pitch) for n in notes]
                recognised = best_identity(piece.original.shape(section.key), shape)
                if flow is not None:
                    recognised = heard_identity(piece, notes, section, flow, phrase_bars(self.plan, section))
                likeness = round(meter_identity * recognised, 3)
                statement = Statement(name, piece.ops, likeness, notes[0].onset, notes[-1].end, section.name)
            wanted = row.articulation if row else "normal"
            articulation = wanted if wanted != "normal" else section.articulation
            out.append(Passage(notes, section.index, seat, articulation, statement))
        return out
