"""Accompaniment made from the theme: a recipe's second line, looped under the theme and fitted to the chords.

One seat plays it in place of its usual texture: an ostinato when the operation makes one, else the counter-line. As in
the bank's ostinati, every fourth bar differs a little and the last bar of a phrase leaves out a note.
"""

from __future__ import annotations

from cuesmith.casting.cast import Player
from cuesmith.composition.accompaniment.patterns import VARY_EVERY, leads_on
from cuesmith.composition.accompaniment.textures import LINE
from cuesmith.composition.accompaniment.vamps import between_entry_and_gap
from cuesmith.composition.accompaniment.voicings import under_tune, window
from cuesmith.composition.context import ComposeContext
from cuesmith.composition.melody.fit_to_chords import fit
from cuesmith.composition.melody.material import PLACED, phrase_meter
from cuesmith.composition.melody.melody_writer import velocity_of
from cuesmith.motif.ops import apply_ops, parse_op
from cuesmith.motif.transform import change_meter
from cuesmith.music.meter import Meter
from cuesmith.music.note import Note
from cuesmith.music.pitch import fold
from cuesmith.plan.model import SectionPlan
from cuesmith.score import Passage
from cuesmith.specs.banks.themes import Recipe

FEW = 3  # only bars with more notes than this are varied
LIGHTER = 10  # velocity below that of the melody
DEVICE = "theme underneath"


def _row(context: ComposeContext, section: SectionPlan) -> Recipe | None:
    """Return the recipe of a section's theme if it has an accompaniment."""
    row = context.plan.theme_form(section.theme, section).row if section.theme else None
    return row if row is not None and row.accompaniment else None


def _is_ostinato(row: Recipe) -> bool:
    """Tell whether the line is a short figure that is repeated."""
    return any(parse_op(op).name == "ostinato" for op in row.accompaniment)


def _seat(context: ComposeContext, section: SectionPlan, row: Recipe) -> str | None:
    """Return the id of the first active seat with the right role, or None."""
    role = "ostinato" if _is_ostinato(row) else "counter"
    for player in context.cast.players:
        suitable = player.seat.role == role and player.seat.double is None and player.instrument is not None
        if suitable and context.cast.active(player, section):
            return player.id
    return None


def _accented(note: Note, at: int, meter: Meter) -> Note:
    """Change the velocity of a note by the strength of its place in the bar, so that a loop has a pulse."""
    return note._replace(velocity=note.velocity + (8, 0, -6)[(2 - min(2, meter.strength(at)))])


def _with_variation(loop: list[Note], section: SectionPlan) -> list[Note]:
    """Vary a loop: every fourth bar swaps its last two notes, and the last bar of a phrase drops the last note."""
    out: list[Note] = []
    for bar, start in enumerate(section.sheet_ticks()):
        bar_notes = [n for n in loop if start <= n.onset < start + section.meter.bar_ticks]
        if len(bar_notes) > FEW:
            *head, one, other = bar_notes
            if leads_on(bar, section.bars):
                bar_notes = [*head, one]
            elif bar % VARY_EVERY == VARY_EVERY - 1:
                bar_notes = [*head, one._replace(pitch=other.pitch), other._replace(pitch=one.pitch)]
        out += bar_notes
    return out


def derived_passages(context: ComposeContext, player: Player) -> tuple[Passage, ...]:
    """Write the passages of a seat that are made from the theme; empty for most seats and cues."""
    out = []
    for section in context.plan.sections:
        row = _row(context, section)
        if row is None or section.theme is None or _seat(context, section, row) != player.id:
            continue
        theme = context.themes[section.theme]
        meter = phrase_meter(theme, section.meter)
        ops = [op for op in row.accompaniment if parse_op(op).name not in PLACED]
        line = apply_ops(change_meter(theme.motif, meter), ops, theme.key, theme.scale).motif
        low, high = under_tune(context, player, section, *window(player, section, 24))
        high = max(high, low + LINE)
        velocity = max(25, velocity_of(section.energy) - LIGHTER)
        raw = [
            _accented(n._replace(onset=section.start + at + n.onset, pitch=fold(n.pitch, low, high)),
                      (at + n.onset) % section.meter.bar_ticks, section.meter)
            for at in range(0, section.length, line.length)
            for n in line.realise(section.key, 4, velocity)
            if at + n.onset < section.length
        ]  # fmt: skip
        if _is_ostinato(row):
            raw = _with_variation(raw, section)
        notes = fit(raw, context.harmony, section.meter, section.start, low=low, high=high, against=context.lead)
        kept = [n._replace(duration=min(n.duration, section.end - n.onset)) for n in notes]
        kept = between_entry_and_gap(context, player, section, kept)
        out.append(Passage(tuple(kept), section.index, DEVICE, player.seat.articulation or "normal"))
    return tuple(out)
