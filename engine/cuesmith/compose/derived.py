"""Accompaniment made of the theme itself: a recipe's second line, looped under the first, fitted to the chords.

One seat plays it instead of its usual texture: an ostinato where the operation makes one, else the counter-line.
"""

from __future__ import annotations

from cuesmith.compose.desk import velocity_of
from cuesmith.compose.material import PLACED, phrase_meter
from cuesmith.compose.setting import Setting
from cuesmith.compose.vamps import in_turn
from cuesmith.compose.voices import window
from cuesmith.motif.fit import fit
from cuesmith.motif.ops import apply_ops, parse_op
from cuesmith.motif.transform import remetre
from cuesmith.music.pitch import fold
from cuesmith.orchestrate.cast import Player
from cuesmith.score import Passage, SectionPlan
from cuesmith.specs.banks import Recipe

LIGHTER = 10  # under the velocity of the melody
DEVICE = "theme underneath"


def _row(setting: Setting, section: SectionPlan) -> Recipe | None:
    row = setting.plan.guise(section.theme, section).row if section.theme else None
    return row if row is not None and row.accompaniment else None


def _seat(setting: Setting, section: SectionPlan, row: Recipe) -> str | None:
    """Who plays the line in a section: the first seat of the fitting role that is at work there."""
    role = "ostinato" if any(parse_op(op).name == "ostinato" for op in row.accompaniment) else "counter"
    for player in setting.cast.players:
        able = player.seat.role == role and player.seat.double is None and player.instrument is not None
        if able and setting.cast.active(player, section):
            return player.id
    return None


def derived_passages(setting: Setting, player: Player) -> tuple[Passage, ...]:
    """The passages of a seat that are made of the theme; none for most seats and cues."""
    out = []
    for section in setting.plan.sections:
        row = _row(setting, section)
        if row is None or section.theme is None or _seat(setting, section, row) != player.id:
            continue
        theme = setting.themes[section.theme]
        meter = phrase_meter(theme, section.meter)
        ops = [op for op in row.accompaniment if parse_op(op).name not in PLACED]
        line = apply_ops(remetre(theme.motif, meter), ops, theme.key, theme.scale).motif
        low, high = window(player, section, 24)
        velocity = max(25, velocity_of(section.energy) - LIGHTER)
        raw = [
            n._replace(onset=section.start + at + n.onset, pitch=fold(n.pitch, low, high))
            for at in range(0, section.length, line.length)
            for n in line.realise(section.key, 4, velocity)
            if at + n.onset < section.length
        ]
        notes = fit(raw, setting.harmony, section.meter, section.start, low=low, high=high, against=setting.lead)
        kept = [n._replace(duration=min(n.duration, section.end - n.onset)) for n in notes]
        kept = in_turn(setting, player, section, kept)
        out.append(Passage(tuple(kept), section.index, DEVICE, player.seat.articulation or "normal"))
    return tuple(out)
