"""What the melody will sing, before there are chords: pieces of themes laid over the sections that sing.

Harmony is made for it, then the pieces are fitted onto the chords: tune and chords know each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cuesmith.chance import Stream
from cuesmith.compose.material import Material, Piece, material, phrase_meter
from cuesmith.compose.treatments import TREATMENTS, thinned, varied
from cuesmith.motif.model import Theme
from cuesmith.music.meter import Meter
from cuesmith.score import Plan, SectionPlan

WHOLE = ("statement", "restatement", "contrast", "chorus")


@dataclass(frozen=True, slots=True)
class Laid:
    """What one section sings. turn: how often the cue has treated this theme so before (0: never)."""

    material: Material
    pieces: tuple[Piece, ...]
    turn: int


def theme_meter(section: SectionPlan, theme: Theme) -> Meter:
    """The meter a theme is laid out in there."""
    meter = phrase_meter(theme, section.meter)
    return section.meter if section.length < meter.bar_ticks else meter


def material_of(plan: Plan, themes: Mapping[str, Theme], section: SectionPlan, name: str) -> Material:
    """A theme as it comes in a section."""
    theme = themes[name]
    meter = theme_meter(section, theme)
    return material(theme, meter, plan.guise(name), section.key, section.length // meter.bar_ticks)


def lay_out(plan: Plan, themes: Mapping[str, Theme], draw: Stream) -> dict[int, Laid]:
    """Section index → what it sings; sections without a theme are not in it."""
    heard: Counter[tuple[str, str]] = Counter()
    out = {}
    for section in plan.sections:
        name = section.theme
        if name is None:
            continue
        turn = heard[section.treatment, name]
        heard[section.treatment, name] += 1
        m = material_of(plan, themes, section, name)
        pieces = _pieces(plan, section, name, m, draw.child(section.harmony, section.treatment), turn)
        if turn and section.treatment in WHOLE:
            pieces = varied(pieces, draw.child("return", section.index))
        out[section.index] = Laid(m, tuple(p for p in pieces if p.motif.notes), turn)
    return out


def _pieces(plan: Plan, section: SectionPlan, name: str, m: Material, draw: Stream, turn: int) -> list[Piece]:
    melody, treatment = plan.melody, section.treatment
    if treatment == "contrast" and name != plan.brief.themes[0]:
        treatment = "statement"  # another theme is contrast enough, and must be heard plainly
    if treatment in WHOLE and (melody in ("fragments", "none") or plan.guise(name).fragments):
        treatment = "fragments"
    pieces = TREATMENTS[treatment](m, section.length // m.bar, draw, turn)
    return thinned(pieces, m) if melody == "sparse" else pieces
