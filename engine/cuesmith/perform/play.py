"""Perform a score: turn what is written into what is played.

Steps in order: swing, the mean offset of the role, a correlated timing error (AR(1), as measured in human players),
velocities (metric accent, phrase arch, pitch, a small random part), articulation, expression, onset compensation. The
score itself stays on the grid. `humanize` of the brief scales everything that moves notes off the grid, and the random
part of the velocities. At 0 notes begin where they are written, except for swing.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cuesmith.chance import Stream, stream
from cuesmith.music.meter import MISURATO, SENZA_MISURA
from cuesmith.music.note import PPQ, Note
from cuesmith.music.note_table import note_table
from cuesmith.music.timecode import parse_rate, timecode
from cuesmith.orchestrate.loudness.role_table import ROLE_DB, STRUCK_DB
from cuesmith.perform.bends import bends
from cuesmith.perform.expression import expression_curves
from cuesmith.perform.facts import EARLY_END_SEC, cue_facts, part_fact
from cuesmith.perform.filters import sweep_curve, tone_curve
from cuesmith.perform.gated_drums import gate_curve
from cuesmith.perform.model import Curve, KeySignature, Marker, Mix, Performance, Track
from cuesmith.perform.tables import (
    ARTICULATIONS,
    CLIP_MS,
    FREE_DRIFT,
    FREE_SPREAD,
    MAX_EARLY_MS,
    METRIC_ACCENT,
    SPREAD_MS,
    TIMING,
    VELOCITY_SD,
)
from cuesmith.plan.model import Plan, PlannedHit
from cuesmith.score import Part, Score
from cuesmith.specs.banks.instruments import Instrument
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.style import Playing, Style

BREATH = "breath"  # text and kind of the marker at each breath of free meter
SHORTEST_SEC = 0.03  # least duration of a played note
Played = list[tuple[Note, str, int]]  # note, articulation, section


class Swing(NamedTuple):
    """How notes swing.

    ratio: share of a pair that its first half takes; 0.5 is straight.
    pair: length of the pair in ticks.
    """

    ratio: float
    pair: int


def section_swings(score: Score, playing: Playing, banks: Banks) -> tuple[Swing, ...]:
    """Return the swing of each section: that of its groove when the groove has one, else that of the style.

    Compound meters are straight, because their triplets are written out. Free meter is straight, too.
    """
    grooves = {
        p.section: banks.grooves[p.device]
        for part in score.parts
        for p in part.passages
        if part.role == "pulse" and p.device in banks.grooves
    }
    home = Swing(playing.swing, PPQ if playing.swing_unit == "eighth" else PPQ // 2)
    out = []
    for section in score.plan.sections:
        groove = grooves.get(section.index)
        if section.meter.denominator != 4 or section.meter.free:
            out.append(Swing(0.5, PPQ))
        elif groove is not None and groove.swing > 0.5:
            step = section.meter.bar_ticks // groove.steps
            out.append(Swing(groove.swing, 2 * groove.swing_steps * step))
        else:
            out.append(home)
    return tuple(out)


def apply_swing(ticks: NDArray[np.int64], swing: Swing) -> NDArray[np.int64]:
    """Delay the off-beats by the swing ratio. The order of ticks, and the start of each pair, do not change."""
    if swing.ratio == 0.5:
        return ticks
    pair = swing.pair
    base, inside = ticks // pair * pair, ticks % pair
    half = pair // 2
    first = inside * 2 * swing.ratio
    second = pair * swing.ratio + (inside - half) * 2 * (1 - swing.ratio)
    bent: NDArray[np.int64] = base + np.rint(np.where(inside < half, first, second)).astype(np.int64)
    return bent


def _timing_errors_sec(count: int, sd_ms: float, draw: Stream) -> NDArray[np.float64]:
    """Return AR(1) timing errors in seconds: each note keeps 0.7 of the error of the note before."""
    steps = draw.gausses(count, sd_ms * math.sqrt(1 - 0.7**2))
    errors = np.array(list(accumulate(steps, lambda error, step: 0.7 * error + step)), np.float64)
    clipped: NDArray[np.float64] = np.clip(errors, -CLIP_MS, CLIP_MS) / 1000.0
    return clipped


def _velocities(part: Part, played: Played, plan: Plan, draw: Stream) -> NDArray[np.int16]:
    """Add articulation, metric accent, phrase arch, pitch and a small random part to each note's written velocity."""
    sd = VELOCITY_SD.get(part.role, 4.0) * plan.brief.humanize
    value = np.array([note[3] + ARTICULATIONS[articulation].velocity for note, articulation, _ in played], float)
    if part.role != "pulse":
        value += _accents(played, plan)
    if part.role in ("lead", "guide"):
        pitch = np.array([note.pitch for note, _, _ in played], float)
        value += 0.4 * (pitch - pitch.mean())
    value += np.array(draw.gausses(len(played), sd))
    struck: NDArray[np.int16] = np.clip(np.rint(value), 1, 127).astype(np.int16)
    return struck


def _accents(played: Played, plan: Plan) -> NDArray[np.float64]:
    """Return what each note's place adds to its velocity: the metric accent, and an arch over every four bars.

    In free meter there is no metric accent, and each breath has its own arch.
    """
    accents: dict[tuple[int, int], float] = {}  # (section, tick in the bar) → accent
    breaths: dict[int, tuple[int, ...]] = {}  # section → the ticks at which its breaths begin, and its end
    out = np.empty(len(played))
    phrase = np.empty(len(played))
    for i, (note, _, index) in enumerate(played):
        section = plan.sections[index]
        if section.flow:
            lines = breaths.setdefault(index, (*section.bar_ticks(), section.end))
            at = section.bar_at(note.onset)
            out[i], phrase[i] = 0.0, min(1.0, (note.onset - lines[at]) / (lines[at + 1] - lines[at]))
            continue
        inside, bar = note.onset - section.start, section.meter.bar_ticks
        place = (index, inside % bar)
        if place not in accents:
            accents[place] = 0.6 * METRIC_ACCENT[section.meter.strength(place[1])]
        out[i] = accents[place]
        phrase[i] = inside % (4 * bar) / (4 * bar)
    out += 10 * np.sin(np.pi * phrase**0.74) - 4
    return out


def _chord_spread_sec(played: Played, instrument: Instrument | None) -> NDArray[np.float64]:
    """Return how many seconds each note of a struck chord comes after its lowest note."""
    out = np.zeros(len(played))
    gap = SPREAD_MS.get(instrument.family, 0.0) if instrument is not None else 0.0
    if not gap:
        return out
    run = 0
    for i in range(1, len(played)):
        run = run + 1 if played[i][0].onset == played[i - 1][0].onset else 0
        out[i] = min(run, 6) * gap / 1000.0
    return out


def _swing_sections(ticks: NDArray[np.int64], plan: Plan, swings: tuple[Swing, ...]) -> NDArray[np.int64]:
    """Apply to ticks the swing of the section in which they lie."""
    if all(one.ratio == 0.5 for one in swings):
        return ticks
    out = ticks.copy()
    for section in plan.sections:
        inside = (ticks >= section.start) & (ticks < section.end)
        out[inside] = section.start + apply_swing(ticks[inside] - section.start, swings[section.index])
    return out


def _clip_to_end(curve: Curve, end_sec: float) -> Curve:
    """Move what comes after the last bar line to it; only the last value stays."""
    late = int((curve.times_sec > end_sec).sum())
    if not late:
        return curve
    kept = len(curve.times_sec) - late + 1
    times, values = curve.times_sec[:kept].copy(), curve.values[:kept].copy()
    times[-1], values[-1] = end_sec, curve.values[-1]
    return replace(curve, times_sec=times, values=values)


def _track(part: Part, plan: Plan, style: Style, swings: tuple[Swing, ...], instrument: Instrument | None) -> Track:
    path = (plan.brief.seed, plan.brief.id)
    draw = stream(*path, "perform", part.id)
    played: Played = sorted((note, p.articulation, p.section) for p in part.passages for note in p.notes)
    human = plan.brief.humanize
    sd, offset = TIMING[part.role]
    sd *= human * style.playing.jitter_ms / 8.0
    starts, lengths, pitches, _ = note_table([note for note, _, _ in played]).T
    ends = starts + lengths
    on = plan.tempo.seconds_array(_swing_sections(starts, plan, swings))
    off = plan.tempo.seconds_array(_swing_sections(ends, plan, swings))
    nominal = on.copy()
    length = np.asarray([ARTICULATIONS[a].length for _, a, _ in played])
    overlap = np.asarray([ARTICULATIONS[a].overlap_ms for _, a, _ in played]) / 1000.0
    sustained = instrument is not None and instrument.sustained
    duration = (off - on) * length
    if sustained:
        followed = np.zeros(len(played), dtype=bool)
        followed[:-1] = (starts[1:] <= ends[:-1]) & (starts[1:] > starts[:-1])
        duration = np.where(followed & (length >= 0.9), (off - on) + overlap * style.playing.legato_ms / 28.0, duration)
    lay_back = style.playing.lay_back_ms if part.role in ("lead", "guide") else 0.0
    loose = np.asarray([FREE_DRIFT if plan.sections[index].flow else 1.0 for _, _, index in played])
    drift = loose * _timing_errors_sec(len(played), sd, draw.child("time")) + human * (offset + lay_back) / 1000.0
    if part.role in ("pad", "impact"):  # the players of a group start a chord together: one error per chord
        _, chord = np.unique(starts, return_inverse=True)
        drift = drift[chord]
    early = human * min(MAX_EARLY_MS, instrument.onset_ms) / 1000.0 if instrument is not None else 0.0
    wide = np.asarray([FREE_SPREAD if plan.sections[index].flow else 1.0 for _, _, index in played])
    on = np.maximum(0.0, on + drift + human * wide * _chord_spread_sec(played, instrument) - early)
    duration = np.maximum(SHORTEST_SEC, duration + np.where(duration > EARLY_END_SEC, early, 0.0))
    inside = (ends <= plan.length) & (on < plan.seconds - SHORTEST_SEC)  # a late note must not lengthen the cue
    duration = np.where(inside, np.minimum(duration, plan.seconds - on), duration)
    velocity = _velocities(part, played, plan, draw.child("velocity"))
    level_db = ROLE_DB[part.role] + part.level_db + (STRUCK_DB if instrument is not None and not sustained else 0.0)
    pitch = pitches.astype(np.int16)
    order = np.argsort(on, kind="stable")
    curves: tuple[Curve, ...] = ()
    bend_range = 2
    gates: tuple[Curve, ...] = ()
    if any(articulation == "gated" for _, articulation, _ in played):
        gates = curves = (_clip_to_end(gate_curve(on[order], (on + duration)[order]), plan.seconds),)
    if instrument is not None:
        tones = tone_curve(
            instrument, on[order], (on + duration)[order], velocity[order], [played[i][1] for i in order.tolist()]
        ) or sweep_curve(part, instrument, plan, style.playing.sweeps, stream(*path, "sweeps"))
        bent, bend_range = bends(
            instrument, on[order], (on + duration)[order], starts[order].tolist(), style.playing.bends,
            stream(*path, "bends"),
        )  # fmt: skip
        found = (*(gates or expression_curves(part, played, nominal, off, instrument)), bent, tones)
        curves = tuple(_clip_to_end(curve, plan.seconds) for curve in found if curve is not None)
    return Track(
        name=part.name, part_id=part.id, role=part.role, layer=part.layer, stem=part.stem,
        program=part.program, bank=part.bank, drums=part.drums,
        onset_sec=on[order], duration_sec=duration[order], pitch=pitch[order], velocity=velocity[order],
        curves=curves, level_db=level_db, pan=part.pan, reverb=part.reverb,
        bend_range=bend_range, text=part_fact(part, early, human * (offset + lay_back) / 1000.0),
    )  # fmt: skip


def _markers(score: Score) -> tuple[Marker, ...]:
    plan = score.plan
    at = plan.tempo.seconds
    leaders = {part.id for part in score.parts if part.role in ("lead", "guide")}
    sections = [Marker(at(s.start), s.start, f"{s.name} ({s.treatment})", "section") for s in plan.sections]
    spoken = [
        Marker(at(s.start), s.start, " ".join([s.theme, *(f"[{op}]" for op in s.ops)]), "statement")
        for s in score.statements()
        if not s.part or s.part in leaders
    ]
    hits = [Marker(at(h.tick), h.tick, _hit_text(h, plan.brief.fps), "hit") for h in plan.hits]
    breaths = [Marker(at(tick), tick, BREATH, "breath") for s in plan.sections if s.flow for tick in s.bar_ticks()[1:]]
    turns = [
        Marker(at(s.start), s.start, SENZA_MISURA if s.flow else MISURATO, "meter")
        for before, s in zip((None, *plan.sections), plan.sections, strict=False)
        if bool(s.flow) != bool(before and before.flow)
    ]
    held = [Marker(at(f.start), f.start, "fermata", "fermata") for f in plan.tempo.fermatas]
    unique = {(m.tick, m.text): m for m in [*sections, *spoken, *hits, *held, *breaths, *turns]}
    return tuple(sorted(unique.values(), key=lambda m: (m.tick, m.kind, m.text)))


def _hit_text(hit: PlannedHit, fps: str) -> str:
    """Return the marker text of a hit: `HIT accent 12.400 (00:00:12:10) door slams`."""
    return f"HIT {hit.kind} {hit.at_sec:.3f} ({timecode(hit.at_sec, parse_rate(fps))}) {hit.note}".rstrip()


def _keys(plan: Plan) -> tuple[KeySignature, ...]:
    out: list[KeySignature] = []
    for section in plan.sections:
        sign = KeySignature(section.start, section.key.sharps, section.key.minor)
        if not out or (out[-1].sharps, out[-1].minor) != (sign.sharps, sign.minor):
            out.append(sign)
    return tuple(out)


def perform(score: Score, style: Style, banks: Banks) -> Performance:
    """Return the performance of a score in a style. It is deterministic: all random draws depend on seed and cue id."""
    plan = score.plan
    swings = section_swings(score, style.playing, banks)
    tracks = tuple(
        _track(part, plan, style, swings, None if part.drums else banks.instruments.get(part.instrument))
        for part in score.parts
    )
    fade = min(10.0, 0.2 * plan.seconds) if plan.ending == "fade" else 0.0
    spec = style.mix
    return Performance(
        title=plan.brief.title,
        tracks=tracks,
        tempo=plan.tempo,
        meters=plan.meters(),
        keys=_keys(plan),
        markers=_markers(score),
        length_sec=plan.seconds,
        length_ticks=plan.length,
        loop=plan.ending == "loop",
        fade_out_sec=fade,
        mix=Mix(spec.room_size, spec.damping, spec.width, spec.reverb, spec.lufs),
        comment=f"Cuesmith: style {plan.brief.style}, type {plan.brief.type}, seed {plan.brief.seed}",
        texts=cue_facts(score, style.family, swings),
    )
