"""Lay out the melody before there are chords: pieces of themes over the sections that have a theme.

The harmony is then made for this melody, and afterwards the pieces are fitted to the chords.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cuesmith.chance import Stream
from cuesmith.composition.melody.codas import coda_pieces
from cuesmith.composition.melody.material import Material, Piece, material, phrase_meter
from cuesmith.composition.melody.treatments import DEVICES, thinned, varied, with_treatment_changes
from cuesmith.motif.model import Theme
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.specs.banks.treatments import DeviceName

AIR, DIALOGUE_AIR = 0.19, 0.38  # share of a melodic section in which the melody is silent; the same under dialogue
SHORTEST = PPQ  # a note shortened to make rests keeps at least this


@dataclass(frozen=True, slots=True)
class MelodyLayout:
    """The melody of one section. repeat: how often the cue has treated this theme in the same way before (0: never)."""

    material: Material
    pieces: tuple[Piece, ...]
    repeat: int


def theme_meter(section: SectionPlan, theme: Theme) -> Meter:
    """Return the meter in which a theme is laid out in a section."""
    meter = phrase_meter(theme, section.meter)
    return section.meter if section.length < meter.bar_ticks else meter


def material_of(plan: Plan, themes: Mapping[str, Theme], section: SectionPlan, name: str) -> Material:
    """Return the material of a theme for a section."""
    theme = themes[name]
    meter = theme_meter(section, theme)
    return material(theme, meter, plan.theme_form(name, section), section.key, section.length // meter.bar_ticks)


def lay_out_melody(
    plan: Plan, themes: Mapping[str, Theme], draw: Stream, plainly: bool = False
) -> dict[int, MelodyLayout]:
    """Map section index → its melody, for sections with a theme.

    plainly: the first melodic section, and the last, begin with the theme unchanged, without its recipe.
    """
    heard: Counter[tuple[str, str]] = Counter()
    out: dict[int, MelodyLayout] = {}
    for section in plan.sections:
        name = section.theme
        if name is None:
            continue
        repeat = heard[section.treatment, name]
        heard[section.treatment, name] += 1
        section_material = material_of(plan, themes, section, name)
        pieces = _pieces(plan, section, name, section_material, draw.child(section.harmony, section.treatment), repeat)
        if repeat and section.treatment_row.whole and not (plan.vocal and section.treatment_row.song_device):
            pieces = varied(pieces, draw.child("return", section.index))
        pieces = [p for p in pieces if p.motif.notes]
        out[section.index] = MelodyLayout(section_material, tuple(pieces), repeat)
    if plainly:
        suitable = [s for s in plan.sections if s.index in out and _holds_idea(out[s.index], s)]
        for section in {s.index: s for s in (suitable[:1] + suitable[-1:])}.values():
            out[section.index] = _with_plain_idea(out[section.index], in_coda=bool(section.coda))
    return {index: _with_rests(plan, plan.sections[index], layout) for index, layout in out.items()}


def _with_rests(plan: Plan, section: SectionPlan, layout: MelodyLayout) -> MelodyLayout:
    """Add rests to the melody of a section when it has room for them."""
    if not needs_rests(plan, section):
        return layout
    share = DIALOGUE_AIR if plan.dialogue_safe else AIR
    return replace(layout, pieces=tuple(with_rests(layout.pieces, share, section.length)))


def _holds_idea(layout: MelodyLayout, section: SectionPlan) -> bool:
    """Tell whether the melody of a section could begin with the complete idea."""
    m = layout.material
    return bool(layout.pieces) and m.plain.bars * m.bar <= section.length - layout.pieces[0].start


def _with_plain_idea(layout: MelodyLayout, *, in_coda: bool) -> MelodyLayout:
    """Let a melody begin with the idea unchanged, a coda with its head."""
    m = layout.material
    if in_coda:  # the last note stays, and one bar is enough to recognise the idea
        last = layout.pieces[-1]
        fits = m.head.motif.length <= last.start
        return replace(layout, pieces=(replace(m.head, ops=("fragmentation",)), last)) if fits else layout
    idea = replace(m.plain.at(layout.pieces[0].start), ops=("idea",))
    later = (piece for piece in layout.pieces if piece.start >= idea.start + m.plain.bars * m.bar)
    return replace(layout, pieces=(idea, *later))


def needs_rests(plan: Plan, section: SectionPlan) -> bool:
    """Tell whether a section has a continuous melody, which needs rests."""
    return section.treatment_row.whole and plan.melody == "full" and section.bars >= 2


def with_rests(pieces: Sequence[Piece], share: float, length: int) -> list[Piece]:
    """Shorten the longest notes until the melody rests for `share` (0..1) of `length` ticks.

    Onsets stay. Notes longer than a beat keep at least SHORTEST.
    """
    durations = sorted(n.duration for p in pieces for n in p.motif.notes)
    allowed = round((1 - share) * length)
    if sum(durations) <= allowed:
        return list(pieces)
    longest, shorter = SHORTEST, 0
    # the largest limit for the longer notes under which the rest is long enough
    for at, duration in enumerate(durations):
        fits = (allowed - shorter) // (len(durations) - at)
        if fits < duration:
            longest = max(SHORTEST, fits)
            break
        shorter += duration
    return [
        replace(
            p, motif=p.motif.with_notes(tuple(n._replace(duration=min(n.duration, longest)) for n in p.motif.notes))
        )
        for p in pieces
    ]


def _pieces(plan: Plan, section: SectionPlan, name: str, m: Material, draw: Stream, repeat: int) -> list[Piece]:
    """Return the pieces of a section, by its treatment."""
    row, bars = section.treatment_row, section.length // m.bar
    if section.coda_row is not None:
        coda, bar = section.coda_row, section.meter.bar_ticks
        return coda_pieces(m, section.bars, bar, coda.device, draw.child("coda"), is_open=coda.open)
    if plan.vocal and row.song_device and not plan.theme_form(name).fragments:
        last = max(s.index for s in plan.sections if s.treatment == section.treatment) == section.index
        repeat = max(repeat, 1) if last else repeat  # the last one of a song ends it, even if it is the only one
        return DEVICES[row.song_device](m, bars, draw, repeat)
    device = _device(plan, section, name)
    pieces = DEVICES[device](m, bars, draw, repeat)
    if device == row.device:
        pieces = with_treatment_changes(pieces, row, m, draw.child("changed"))
    under_words = plan.dialogue_safe and row.theme in ("again", "away") and device == row.device
    spoken_over = under_words and section is not plan.climax
    return thinned(pieces, m) if plan.melody == "sparse" or spoken_over else pieces


def _device(plan: Plan, section: SectionPlan, name: str) -> DeviceName:
    """Return the device that lays out a theme: that of its treatment, or fragments in cues that only quote themes."""
    row = section.treatment_row
    if row.whole and (plan.melody in ("fragments", "none") or plan.theme_form(name, section).fragments):
        return "fragments"
    if row.theme == "away" and name != plan.brief.themes[0]:
        return "statement"  # a different theme is contrast enough, and should be heard clearly
    return row.device
