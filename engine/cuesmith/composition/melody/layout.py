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
from cuesmith.composition.melody.treatments import DEVICES, varied, with_treatment_changes
from cuesmith.composition.melody.upbeats import with_inner_upbeats
from cuesmith.composition.melody.whole_tune import stating_sections, sung_bars, whole_statement, with_pauses
from cuesmith.motif.model import Theme
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.specs.banks.treatments import DeviceName

# share of a melodic section in which the melody is silent, by (sparse cue, under dialogue)
AIR = {(False, False): 0.22, (False, True): 0.38, (True, False): 0.25, (True, True): 0.5}
SHORTEST = PPQ  # a note shortened to make rests keeps at least this


@dataclass(frozen=True, slots=True)
class MelodyLayout:
    """The melody of one section.

    repeat: how often the cue has treated this theme in the same way before (0: never).
    whole: it begins with the melody of the theme as it was written.
    """

    material: Material
    pieces: tuple[Piece, ...]
    repeat: int
    whole: bool = False


def theme_meter(section: SectionPlan, theme: Theme) -> Meter:
    """Return the meter in which a theme is laid out in a section."""
    meter = phrase_meter(theme, section.meter)
    return section.meter if section.length < meter.bar_ticks else meter


def material_of(plan: Plan, themes: Mapping[str, Theme], section: SectionPlan, name: str) -> Material:
    """Return the material of a theme for a section."""
    theme = themes[name] if plan.vocal else with_inner_upbeats(themes[name])
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
    materials = {s.index: material_of(plan, themes, s, s.theme) for s in plan.sections if s.theme is not None}
    stating = frozenset() if plan.vocal else stating_sections(plan, materials)
    for index, m in materials.items():
        section = plan.sections[index]
        name = str(section.theme)
        repeat = heard[section.treatment, name]
        heard[section.treatment, name] += 1
        section_draw = draw.child(section.harmony, section.treatment)
        if index in stating:
            pieces = _whole_pieces(plan, section, name, m, section_draw, repeat)
        else:
            pieces = _pieces(plan, section, name, m, section_draw, section.length // m.bar, repeat)
            if repeat and section.treatment_row.whole and not (plan.vocal and section.treatment_row.song_device):
                pieces = varied(pieces, draw.child("return", section.index))
        if spaced(plan, section):
            pieces = with_pauses(pieces, m, section.length // m.bar)
        pieces = [p for p in pieces if p.motif.notes]
        out[index] = MelodyLayout(m, tuple(pieces), repeat, index in stating)
    if plainly:
        suitable = [s for s in plan.sections if s.index in out and _holds_idea(out[s.index], s)]
        for section in {s.index: s for s in (suitable[:1] + suitable[-1:])}.values():
            out[section.index] = _with_plain_idea(out[section.index], in_coda=bool(section.coda))
    return {index: _with_rests(plan, plan.sections[index], layout) for index, layout in out.items()}


def _with_rests(plan: Plan, section: SectionPlan, layout: MelodyLayout) -> MelodyLayout:
    """Add rests to the melody of a section when it has room for them."""
    if not needs_rests(plan, section):
        return layout
    share = AIR[plan.melody == "sparse", plan.dialogue_safe]
    return replace(layout, pieces=tuple(with_rests(layout.pieces, share, section.length)))


def _holds_idea(layout: MelodyLayout, section: SectionPlan) -> bool:
    """Tell whether the melody of a section could begin with the complete idea."""
    m = layout.material
    return bool(layout.pieces) and not layout.whole and m.plain.bars * m.bar <= section.length - layout.pieces[0].start


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
    return section.treatment_row.whole and plan.melody in ("full", "sparse") and section.bars >= 2


def spaced(plan: Plan, section: SectionPlan) -> bool:
    """Tell whether pauses set the phrases of a section apart: in sparse cues, and in returns under dialogue."""
    row = section.treatment_row
    if plan.vocal or not (row.whole or row.spaced):
        return False
    return (
        row.spaced
        or plan.melody == "sparse"
        or (plan.dialogue_safe and row.theme in ("again", "away") and section is not plan.climax)
    )


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


def _pieces(
    plan: Plan, section: SectionPlan, name: str, m: Material, draw: Stream, bars: int, repeat: int
) -> list[Piece]:
    """Return the pieces of a section, or of `bars` bars of it, by its treatment."""
    row = section.treatment_row
    if section.coda_row is not None:
        coda, bar = section.coda_row, section.meter.bar_ticks
        return coda_pieces(m, section.bars, bar, coda.device, draw.child("coda"), is_open=coda.open)
    if plan.vocal and row.song_device and not plan.theme_form(name).fragments:
        last = max(s.index for s in plan.sections if s.treatment == section.treatment) == section.index
        repeat = max(repeat, 1) if last else repeat  # the last one of a song ends it, even if it is the only one
        return DEVICES[row.song_device](m, bars, draw, repeat)
    device = _device(plan, section, name)
    if spaced(plan, section):
        bars = sung_bars(bars)
    pieces = DEVICES[device](m, bars, draw, repeat)
    return with_treatment_changes(pieces, row, draw.child("changed")) if device == row.device else pieces


def _whole_pieces(plan: Plan, section: SectionPlan, name: str, m: Material, draw: Stream, repeat: int) -> list[Piece]:
    """Return the whole melody as it was written; what follows in a longer section is up to its treatment."""
    pieces = whole_statement(plan, section, m)
    bars = section.length // m.bar
    used = pieces[0].bars
    left = (sung_bars(bars) if spaced(plan, section) else bars) - used
    if left < m.plain.bars:
        return pieces
    return pieces + [p.at(used * m.bar) for p in _pieces(plan, section, name, m, draw, left, repeat)]


def _device(plan: Plan, section: SectionPlan, name: str) -> DeviceName:
    """Return the device that lays out a theme: that of its treatment, or fragments in cues that only quote themes."""
    row = section.treatment_row
    if row.whole and (plan.melody in ("fragments", "none") or plan.theme_form(name, section).fragments):
        return "fragments"
    if row.theme == "away" and name != plan.brief.themes[0]:
        return "statement"  # a different theme is contrast enough, and should be heard clearly
    return row.device
