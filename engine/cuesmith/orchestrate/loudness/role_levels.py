"""Role levels: keep every role softer than the tune, by a distance that depends on the role.

Loudness is computed from the score: the energy of every note (velocity, level, duration of its sound) relative to the
tune, in the sections where the tune plays. All programs count as equally loud, because the renderer makes them so. A
role that is too loud is lowered for the whole cue, so that written dynamics and velocities stay. The levels before that
are the usual ones of `role_table`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cuesmith.music.note_table import note_table
from cuesmith.orchestrate.loudness.role_table import ROLE_DB, STRUCK_DB
from cuesmith.plan.model import Plan
from cuesmith.score import Part
from cuesmith.specs.banks.library import Banks

# the most that all parts of a role together may have, in decibels relative to the tune
MOST_DB = {
    "counter": -5.0, "ostinato": -5.0, "pad": -6.0, "bass": -4.0, "pulse": -4.0, "impact": -5.0, "colour": -6.0,
}  # fmt: skip
TOGETHER_DB = -1.0  # the same for everything except the tune and its doublings
NEAR = 10 ** (-12.0 / 10)  # a part with less than this share of the tune's energy is soft enough
FAR_DB = 12.0  # most a role is lowered
SHARE = 0.75  # share of the tune's time in which the distances hold; the rest may be tutti

PEAK_SEC = 0.4  # time over which the loudness of a program is measured
DECAY_SEC, LONG_DECAY_SEC = 0.7, 1.4  # decay time of struck notes; of those that ring longer
LONG_DECAY = frozenset({"keys", "bass"})
RING_SEC = 0.15  # a sustained note sounds this much longer than written
TAIL = 0.6  # share of its release for which a struck note still counts
DRUM_SEC = 0.4
# loudness of a drum key at velocity 100, in decibels relative to an average program at 80; other keys: -4
DRUM_DB = {
    35: -1, 36: -1, 38: -2, 40: -2, 39: -2, 41: -1, 43: 0, 45: -2, 47: -2, 48: -2, 50: -2,
    42: -10, 44: -9, 46: -9, 49: 5, 57: 5, 52: 3, 55: 2, 51: -8, 53: -8, 59: -8,
}  # fmt: skip

DRUM_ENERGY = 10 ** (np.array([DRUM_DB.get(key, -4) for key in range(128)]) / 10)

Energies = NDArray[np.float64]


def _energies(part: Part, plan: Plan, banks: Banks) -> Energies:
    """Return the energy of a part in each section; 1 is one second at velocity 80 and 0 dB."""
    instrument = None if part.drums else banks.instruments.get(part.instrument)
    held = instrument is not None and instrument.sustained
    onset, length, pitch, velocity = note_table([note for passage in part.passages for note in passage.notes]).T
    if part.drums:
        energy = DRUM_SEC * (velocity / 100.0) ** 4 * DRUM_ENERGY[pitch]
    else:
        seconds = plan.tempo.seconds_array(onset + length) - plan.tempo.seconds_array(onset)
        decay = LONG_DECAY_SEC if instrument is not None and instrument.family in LONG_DECAY else DECAY_SEC
        # a note that rings on, in equivalent seconds at full loudness
        whole = PEAK_SEC / (1 - np.exp(-PEAK_SEC / decay))
        ring = RING_SEC if instrument is None or held else TAIL * instrument.tail_ms / 1000
        lasting = seconds + ring if held else whole * (1 - np.exp(-(seconds + ring) / decay))
        energy = (velocity / 80.0) ** 4 * lasting
    section = np.repeat([p.section for p in part.passages], [len(p.notes) for p in part.passages])
    level_db = ROLE_DB[part.role] + part.level_db + (0.0 if held or part.drums else STRUCK_DB)
    return np.bincount(section, energy, len(plan.sections)).astype(np.float64) * float(10 ** (level_db / 10))


def _sounding_share(parts: Sequence[Part], plan: Plan) -> Energies:
    """Return the share of each section (0..1) in which at least one of the parts has a note."""
    out = np.zeros(len(plan.sections))
    for section in plan.sections:
        spans = sorted((n.onset, n.end) for part in parts for p in part.passages if p.section == section.index
                       for n in p.notes)  # fmt: skip
        reached, ticks = section.start, 0
        for start, end in spans:
            ticks += max(0, end - max(start, reached))
            reached = max(reached, end)
        out[section.index] = min(1.0, ticks / section.length)
    return out


def _excess_db(sounding: Energies, tune: Energies, weight: Energies, most_db: float) -> float:
    """Return the decibels by which `sounding` is louder than allowed, ignoring the loudest sections; at least 0.

    tune, weight: energy of the tune and weight of each section. most_db: allowed level relative to the tune.
    """
    there = (tune > 0) & (weight > 0)
    if not there.any():
        return 0.0
    over = 10 * np.log10(sounding[there] / tune[there] + 1e-9) - most_db
    order = np.argsort(over)
    passed = np.cumsum(weight[there][order]) / weight[there].sum()
    return float(min(FAR_DB, max(0.0, over[order][int(np.searchsorted(passed, SHARE - 1e-9))])))


def with_role_levels(parts: Sequence[Part], plan: Plan, banks: Banks) -> tuple[Part, ...]:
    """Lower every role that is too loud relative to the tune; the tune, its doublings and soft parts stay."""
    leading = [p for p in parts if p.role == "lead" and not p.doubles]
    tune: Energies = np.zeros(len(plan.sections))
    for part in leading:
        tune += _energies(part, plan, banks)
    busy = _sounding_share(leading, plan)
    weight = busy * np.array([section.length for section in plan.sections], float)
    energies = {p.id: _energies(p, plan, banks) * busy for p in parts if p.role != "lead"}
    loud_enough = {id_ for id_, energy in energies.items() if energy[tune > 0].sum() > NEAR * tune.sum()}
    cut: dict[str, float] = {}
    for role, most_db in MOST_DB.items():
        group = [energies[p.id] for p in parts if p.role == role]
        if group:
            cut[role] = _excess_db(np.sum(group, axis=0), tune, weight, most_db)
    rest = [energies[p.id] * 10 ** (-cut.get(p.role, 0.0) / 10) for p in parts if p.role != "lead"]
    every = _excess_db(np.sum(rest, axis=0), tune, weight, TOGETHER_DB) if rest else 0.0
    return tuple(
        part
        if part.role == "lead" or part.id not in loud_enough
        else replace(part, level_db=part.level_db - round(cut.get(part.role, 0.0) + every, 1))
        for part in parts
    )
