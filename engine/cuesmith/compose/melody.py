"""The lead line: the theme through the form, fitted to the chords, with provenance on every passage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cuesmith.chance import Stream
from cuesmith.compose.treatments import TREATMENTS, Material, Piece, material, phrase_meter, thinned, varied
from cuesmith.motif.fit import fit
from cuesmith.motif.identity import identity
from cuesmith.motif.model import Theme
from cuesmith.motif.transform import remetre
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ, Note
from cuesmith.orchestrate.cast import Cast
from cuesmith.score import ChordSpan, Passage, Plan, SectionPlan, Statement, chord_at, cut_passages

LEAST_NOTES = 3  # fewer are no quotation of anything


def velocity_of(energy: float) -> int:
    """Mean velocity of a section: 52 at rest, 104 at full force."""
    return round(52 + 52 * energy)


def _octave(pieces: Sequence[Piece], section: SectionPlan, sweet: tuple[int, int]) -> int:
    """The octave in which the section's melody lies best for its player, reaching higher the fuller the section."""
    pitches = [section.key.pitch(n.step, n.alter, 4) for piece in pieces for n in piece.motif.notes]
    mean, bottom, top = sum(pitches) / len(pitches), min(pitches), max(pitches)
    low, high = sweet
    wished = low + (high - low) * (0.4 + 0.3 * section.energy)

    def strain(octave: int) -> float:
        shift = 12 * (octave - 4)
        outside = max(0, low - bottom - shift) + max(0, top + shift - high)
        return 1.5 * outside + abs(mean + shift - wished)

    return min(range(1, 8), key=strain)


def _pieces(section: SectionPlan, theme: Theme, plan: Plan, draw: Stream) -> list[Piece]:
    meter = phrase_meter(theme, section.meter)
    if section.length < meter.bar_ticks:
        meter = section.meter
    m: Material = material(theme, meter)
    melody, treatment = plan.melody, section.treatment
    if treatment == "contrast" and theme.name != plan.brief.themes[0]:
        treatment = "statement"  # another theme is contrast enough, and must be heard plainly
    if melody in ("fragments", "none") and treatment in ("statement", "restatement", "contrast", "chorus"):
        treatment = "fragments"
    pieces = TREATMENTS[treatment](m, section.length // meter.bar_ticks, draw)
    return thinned(pieces, m) if melody == "sparse" else pieces


def _barred(theme: Theme, meter: Meter, section: SectionPlan) -> float:
    """What being written in another meter leaves of the theme's identity: 1 in its own."""
    if meter.bar_ticks == theme.motif.meter.bar_ticks:
        return 1.0
    return identity(theme.motif.shape(section.key), remetre(theme.motif, meter).shape(section.key))


def lead_passages(
    plan: Plan, harmony: tuple[ChordSpan, ...], cast: Cast, themes: Mapping[str, Theme], draw: Stream
) -> tuple[Passage, ...]:
    """Passages of the lead, section by section. Each states a theme; `device` names the seat that plays it."""
    out: list[Passage] = []
    heard: dict[tuple[str, str], int] = {}
    for section in plan.sections:
        seat = cast.leads[section.index]
        if section.theme is None or seat is None:
            continue
        theme = themes[section.theme]
        pieces = [
            p for p in _pieces(section, theme, plan, draw.child(section.harmony, section.treatment)) if p.motif.notes
        ]
        if not pieces:
            continue
        times = heard[section.treatment, section.theme] = heard.get((section.treatment, section.theme), 0) + 1
        if times > 1 and section.treatment in ("statement", "restatement", "contrast", "chorus"):
            pieces = varied(pieces, draw.child("return", section.index))
        instrument = cast.instrument(seat)
        octave = _octave(pieces, section, instrument.sweet)
        classes = None
        if theme.scale.pentatonic:
            classes = frozenset(section.key.pitch(s) % 12 for s in theme.scale.steps)
        velocity = velocity_of(section.energy)
        barred = _barred(theme, pieces[0].motif.meter, section)
        for piece in pieces:
            at = section.start + piece.start
            raw = [n._replace(onset=n.onset + at) for n in piece.motif.realise(section.key, octave, velocity)]
            notes = fit(
                raw,
                harmony,
                section.meter,
                section.start,
                classes=classes,
                low=instrument.range[0],
                high=instrument.range[1],
            )
            if not notes:
                continue
            score = barred * identity(piece.original.shape(section.key), [(n.onset, n.pitch) for n in notes])
            spoken = None
            if len(notes) >= LEAST_NOTES:
                spoken = Statement(
                    section.theme, piece.ops, round(score, 3), notes[0].onset, notes[-1].end, section.name
                )
            out.append(Passage(notes, section.index, seat, "normal", spoken))
    return close_melody(plan, harmony, cast, tuple(out))


def close_melody(
    plan: Plan, harmony: tuple[ChordSpan, ...], cast: Cast, passages: tuple[Passage, ...]
) -> tuple[Passage, ...]:
    """The last note of the cue: a tone of the last chord that settles or, in open endings, one that does not."""
    last = plan.sections[-1]
    seat = cast.leads[last.index] or next((s for s in reversed(cast.leads) if s), None)
    if seat is None or plan.ending in ("attacca", "loop", "ma_stop", "fade") or not passages:
        return passages
    if plan.bars == 1:  # the theme itself is all there is room for: its last note is the last
        return passages
    bar = last.meter.bar_ticks
    start = plan.length - bar
    chord = chord_at(harmony, start).chord
    tonic = last.key.tonic
    wanted = (2, 9, 5) if plan.ending == "unresolved" else (0, 7, 4 if not last.key.minor else 3)
    classes = [(tonic + w) % 12 for w in wanted if (tonic + w) % 12 in chord.classes] or [chord.root]
    before = [n for p in passages for n in p.notes if n.onset < start]
    near = before[-1].pitch if before else sum(cast.instrument(seat).sweet) // 2
    instrument = cast.instrument(seat)
    options = [p for p in range(instrument.range[0], instrument.range[1] + 1) if p % 12 in classes]
    pitch = min(options, key=lambda p: (abs(p - near) + 2 * classes.index(p % 12), p))
    length = PPQ // 2 if plan.ending == "button" else bar
    velocity = min(118, velocity_of(last.energy) + (10 if plan.ending == "button" else 0))
    end = Passage(
        (Note(start, length, pitch, velocity),), last.index, seat, "accent" if plan.ending == "button" else "normal"
    )
    return (*cut_passages(passages, start), end)
