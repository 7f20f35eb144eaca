"""What the melody will sing, before there are chords: pieces of themes laid over the sections that sing.

Harmony is made for it, then the pieces are fitted onto the chords: tune and chords know each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cuesmith.chance import Stream
from cuesmith.composition.melody.material import Material, Piece, material, phrase_meter
from cuesmith.composition.melody.treatments import DEVICES, changed, thinned, varied
from cuesmith.motif.model import Theme
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.specs.banks.treatments import DeviceName

AIR, DIALOGUE_AIR = 0.19, 0.38  # share of a singing section in which the melody is silent
SHORTEST = PPQ  # ticks a note is left with when a melody is given air


@dataclass(frozen=True, slots=True)
class MelodyLayout:
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
    return material(theme, meter, plan.theme_form(name, section), section.key, section.length // meter.bar_ticks)


def lay_out(plan: Plan, themes: Mapping[str, Theme], draw: Stream, plainly: bool = False) -> dict[int, MelodyLayout]:
    """Section index → what it sings; sections without a theme are not in it.

    plainly: whether the first section that sings, and the last, begin with the idea as it was written, whatever its
    recipe makes of it.
    """
    heard: Counter[tuple[str, str]] = Counter()
    out: dict[int, MelodyLayout] = {}
    for section in plan.sections:
        name = section.theme
        if name is None:
            continue
        turn = heard[section.treatment, name]
        heard[section.treatment, name] += 1
        m = material_of(plan, themes, section, name)
        pieces = _pieces(plan, section, name, m, draw.child(section.harmony, section.treatment), turn)
        if turn and section.treatment_row.whole and not (plan.vocal and section.treatment_row.song_device):
            pieces = varied(pieces, draw.child("return", section.index))
        pieces = [p for p in pieces if p.motif.notes]
        out[section.index] = MelodyLayout(m, tuple(pieces), turn)
    if plainly:
        able = [s for s in plan.sections if s.index in out and _holds_idea(out[s.index], s)]
        for section in {s.index: s for s in (able[:1] + able[-1:])}.values():
            out[section.index] = _exposed(out[section.index])
    return {index: _given_air(plan, plan.sections[index], one) for index, one in out.items()}


def _given_air(plan: Plan, section: SectionPlan, layout: MelodyLayout) -> MelodyLayout:
    if not melodious(plan, section):
        return layout
    share = DIALOGUE_AIR if plan.dialogue_safe else AIR
    return replace(layout, pieces=tuple(aired(layout.pieces, share, section.length)))


def _holds_idea(layout: MelodyLayout, section: SectionPlan) -> bool:
    """Whether what a section sings could begin with the whole idea."""
    m = layout.material
    return bool(layout.pieces) and m.plain.bars * m.bar <= section.length - layout.pieces[0].start


def _exposed(layout: MelodyLayout) -> MelodyLayout:
    m = layout.material
    idea = replace(m.plain.at(layout.pieces[0].start), ops=("idea",))
    later = (piece for piece in layout.pieces if piece.start >= idea.start + m.plain.bars * m.bar)
    return replace(layout, pieces=(idea, *later))


def melodious(plan: Plan, section: SectionPlan) -> bool:
    """Whether a section sings on and on, so that it has to be given room to breathe."""
    return section.treatment_row.whole and plan.melody == "full" and section.bars >= 2


def aired(pieces: Sequence[Piece], share: float, length: int) -> list[Piece]:
    """The pieces with their longest notes cut short until the melody rests for `share` (0..1) of `length` ticks.

    Onsets stay; no note of more than a beat is cut to less than `SHORTEST`.
    """
    durations = sorted(n.duration for p in pieces for n in p.motif.notes)
    allowed = round((1 - share) * length)
    if sum(durations) <= allowed:
        return list(pieces)
    cap, shorter = SHORTEST, 0
    for at, duration in enumerate(durations):  # the longest cap under which all that is longer still fits
        fits = (allowed - shorter) // (len(durations) - at)
        if fits < duration:
            cap = max(SHORTEST, fits)
            break
        shorter += duration
    return [
        replace(p, motif=p.motif.with_notes(tuple(n._replace(duration=min(n.duration, cap)) for n in p.motif.notes)))
        for p in pieces
    ]


def _pieces(plan: Plan, section: SectionPlan, name: str, m: Material, draw: Stream, turn: int) -> list[Piece]:
    row, bars = section.treatment_row, section.length // m.bar
    if plan.vocal and row.song_device and not plan.theme_form(name).fragments:
        last = max(s.index for s in plan.sections if s.treatment == section.treatment) == section.index
        turn = max(turn, 1) if last else turn  # a song comes home, if it has but one chorus
        return DEVICES[row.song_device](m, bars, draw, turn)
    device = _device(plan, section, name)
    pieces = DEVICES[device](m, bars, draw, turn)
    if device == row.device:
        pieces = changed(pieces, row, m, draw.child("changed"))
    under_words = plan.dialogue_safe and row.theme in ("again", "away") and device == row.device
    spoken_over = under_words and section is not plan.climax
    return thinned(pieces, m) if plan.melody == "sparse" or spoken_over else pieces


def _device(plan: Plan, section: SectionPlan, name: str) -> DeviceName:
    """What lays a theme out in a section: what its treatment says, unless the cue has only pieces of it."""
    row = section.treatment_row
    if row.whole and (plan.melody in ("fragments", "none") or plan.theme_form(name, section).fragments):
        return "fragments"
    if row.theme == "away" and name != plan.brief.themes[0]:
        return "statement"  # another theme is contrast enough, and must be heard plainly
    return row.device
