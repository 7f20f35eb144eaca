"""Accompaniment made of the theme itself: a recipe's second line, looped under the first, fitted to the chords.

One seat plays it instead of its usual texture: an ostinato where the operation makes one, else the counter-line. An
ostinato differs a little in every fourth bar, as those of the bank do, and breathes at the end of the phrase.
"""

from __future__ import annotations

from cuesmith.casting.cast import Player
from cuesmith.composition.accompaniment.patterns import VARY_EVERY, turning
from cuesmith.composition.accompaniment.vamps import in_turn
from cuesmith.composition.accompaniment.voicings import window
from cuesmith.composition.context import ComposeContext
from cuesmith.composition.melody.fit_to_chords import fit
from cuesmith.composition.melody.material import PLACED, phrase_meter
from cuesmith.composition.melody.melody_writer import velocity_of
from cuesmith.motif.ops import apply_ops, parse_op
from cuesmith.motif.transform import remetre
from cuesmith.music.meter import Meter
from cuesmith.music.note import Note
from cuesmith.music.pitch import fold
from cuesmith.plan.model import SectionPlan
from cuesmith.score import Passage
from cuesmith.specs.banks.themes import Recipe

BREATHES = 3  # notes a bar has at least more than, if it is to end otherwise
LIGHTER = 10  # under the velocity of the melody
DEVICE = "theme underneath"


def _row(context: ComposeContext, section: SectionPlan) -> Recipe | None:
    row = context.plan.theme_form(section.theme, section).row if section.theme else None
    return row if row is not None and row.accompaniment else None


def _loops(row: Recipe) -> bool:
    """Whether the line is a short figure over and over."""
    return any(parse_op(op).name == "ostinato" for op in row.accompaniment)


def _seat(context: ComposeContext, section: SectionPlan, row: Recipe) -> str | None:
    """Who plays the line in a section: the first seat of the fitting role that is at work there."""
    role = "ostinato" if _loops(row) else "counter"
    for player in context.cast.players:
        able = player.seat.role == role and player.seat.double is None and player.instrument is not None
        if able and context.cast.active(player, section):
            return player.id
    return None


def _accented(note: Note, at: int, meter: Meter) -> Note:
    """A note of a loop as loud as its place in the bar is strong, so that the loop has a pulse."""
    return note._replace(velocity=note.velocity + (8, 0, -6)[(2 - min(2, meter.strength(at)))])


def _turned(loop: list[Note], section: SectionPlan) -> list[Note]:
    """A loop over a section: every fourth bar ends the other way round, the last of a phrase a note earlier."""
    out: list[Note] = []
    for bar, start in enumerate(section.sheet_ticks()):
        own = [n for n in loop if start <= n.onset < start + section.meter.bar_ticks]
        if len(own) > BREATHES:
            *head, one, other = own
            if turning(bar, section.bars):
                own = [*head, one]
            elif bar % VARY_EVERY == VARY_EVERY - 1:
                own = [*head, one._replace(pitch=other.pitch), other._replace(pitch=one.pitch)]
        out += own
    return out


def derived_passages(context: ComposeContext, player: Player) -> tuple[Passage, ...]:
    """The passages of a seat that are made of the theme; none for most seats and cues."""
    out = []
    for section in context.plan.sections:
        row = _row(context, section)
        if row is None or section.theme is None or _seat(context, section, row) != player.id:
            continue
        theme = context.themes[section.theme]
        meter = phrase_meter(theme, section.meter)
        ops = [op for op in row.accompaniment if parse_op(op).name not in PLACED]
        line = apply_ops(remetre(theme.motif, meter), ops, theme.key, theme.scale).motif
        low, high = window(player, section, 24)
        velocity = max(25, velocity_of(section.energy) - LIGHTER)
        raw = [
            _accented(n._replace(onset=section.start + at + n.onset, pitch=fold(n.pitch, low, high)),
                      (at + n.onset) % section.meter.bar_ticks, section.meter)
            for at in range(0, section.length, line.length)
            for n in line.realise(section.key, 4, velocity)
            if at + n.onset < section.length
        ]  # fmt: skip
        if _loops(row):
            raw = _turned(raw, section)
        notes = fit(raw, context.harmony, section.meter, section.start, low=low, high=high, against=context.lead)
        kept = [n._replace(duration=min(n.duration, section.end - n.onset)) for n in notes]
        kept = in_turn(context, player, section, kept)
        out.append(Passage(tuple(kept), section.index, DEVICE, player.seat.articulation or "normal"))
    return tuple(out)
