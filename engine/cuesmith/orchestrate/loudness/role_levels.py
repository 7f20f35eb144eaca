"""Levels: how loud each role stands under the tune, over a cue. What is foreground is heard as foreground.

Loudness is reckoned from the score: the energy of every note (velocity, level, how long the instrument sounds)
against that of the tune in the sections where it is played. Programs count as equally loud, as the renderer makes
them so. Roles that stand nearer to the tune than their distance are brought down for the whole cue, so that the
dynamics of the writing stay, and so do the balance within a role and the velocities.
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

# decibels against the tune: the nearest that all parts of a role together come to it
MOST_DB = {
    "counter": -5.0, "ostinato": -5.0, "pad": -6.0, "bass": -4.0, "pulse": -4.0, "impact": -5.0, "colour": -6.0,
}  # fmt: skip
TOGETHER_DB = -1.0  # the nearest that everything but the tune and its doublings comes to it
NEAR = 10 ** (-12.0 / 10)  # whoever has less than this share of the energy of the tune is soft enough as he is
FAR_DB = 12.0  # nobody is brought down further
SHARE = 0.75  # of the time of the tune in which the distances are kept; the rest may be tutti

PEAK_SEC = 0.4  # the time over which a program's loudness is measured
DECAY_SEC, LONG_DECAY_SEC = 0.7, 1.4  # how fast the energy of struck notes dies; of those that ring on
LONG_DECAY = frozenset({"keys", "bass"})
RING_SEC = 0.15  # what a held note sounds longer than it is written
TAIL = 0.6  # share of its tail for which a struck note still counts
DRUM_SEC = 0.4
# decibels of a drum at velocity 100 against a middling program at 80, by key; others -4
DRUM_DB = {
    35: -1, 36: -1, 38: -2, 40: -2, 39: -2, 41: -1, 43: 0, 45: -2, 47: -2, 48: -2, 50: -2,
    42: -10, 44: -9, 46: -9, 49: 5, 57: 5, 52: 3, 55: 2, 51: -8, 53: -8, 59: -8,
}  # fmt: skip

DRUM_ENERGY = 10 ** (np.array([DRUM_DB.get(key, -4) for key in range(128)]) / 10)

Energies = NDArray[np.float64]


def _energies(part: Part, plan: Plan, banks: Banks) -> Energies:
    """Energy of a part in each section: 1 is a second of velocity 80 at 0 dB."""
    instrument = None if part.drums else banks.instruments.get(part.instrument)
    held = instrument is not None and instrument.sustained
    onset, length, pitch, velocity = note_table([note for passage in part.passages for note in passage.notes]).T
    if part.drums:
        energy = DRUM_SEC * (velocity / 100.0) ** 4 * DRUM_ENERGY[pitch]
    else:
        seconds = plan.tempo.seconds_array(onset + length) - plan.tempo.seconds_array(onset)
        decay = LONG_DECAY_SEC if instrument is not None and instrument.family in LONG_DECAY else DECAY_SEC
        whole = PEAK_SEC / (1 - np.exp(-PEAK_SEC / decay))  # a note that is left to ring, in seconds of its loudest
        ring = RING_SEC if instrument is None or held else TAIL * instrument.tail_ms / 1000
        lasting = seconds + ring if held else whole * (1 - np.exp(-(seconds + ring) / decay))
        energy = (velocity / 80.0) ** 4 * lasting
    section = np.repeat([p.section for p in part.passages], [len(p.notes) for p in part.passages])
    level_db = ROLE_DB[part.role] + part.level_db + (0.0 if held or part.drums else STRUCK_DB)
    return np.bincount(section, energy, len(plan.sections)).astype(np.float64) * float(10 ** (level_db / 10))


def _busy(parts: Sequence[Part], plan: Plan) -> Energies:
    """Share of each section in which some of these parts has a note."""
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
    """By how much the energy stands nearer to the tune than allowed, in all but the loudest sections, at least 0."""
    there = (tune > 0) & (weight > 0)
    if not there.any():
        return 0.0
    over = 10 * np.log10(sounding[there] / tune[there] + 1e-9) - most_db
    order = np.argsort(over)
    passed = np.cumsum(weight[there][order]) / weight[there].sum()
    return float(min(FAR_DB, max(0.0, over[order][int(np.searchsorted(passed, SHARE - 1e-9))])))


def levelled(parts: Sequence[Part], plan: Plan, banks: Banks) -> tuple[Part, ...]:
    """The parts with every role at its distance under the tune; the tune and its doublings stay as they are.

    So does whoever is soft enough already: his level is what the style says.
    """
    leading = [p for p in parts if p.role == "lead" and not p.doubles]
    tune: Energies = np.zeros(len(plan.sections))
    for part in leading:
        tune += _energies(part, plan, banks)
    busy = _busy(leading, plan)
    weight = busy * np.array([section.length for section in plan.sections], float)
    found = {p.id: _energies(p, plan, banks) * busy for p in parts if p.role != "lead"}
    near = {id_ for id_, energy in found.items() if energy[tune > 0].sum() > NEAR * tune.sum()}
    cut: dict[str, float] = {}
    for role, most_db in MOST_DB.items():
        group = [found[p.id] for p in parts if p.role == role]
        if group:
            cut[role] = _excess_db(np.sum(group, axis=0), tune, weight, most_db)
    rest = [found[p.id] * 10 ** (-cut.get(p.role, 0.0) / 10) for p in parts if p.role != "lead"]
    every = _excess_db(np.sum(rest, axis=0), tune, weight, TOGETHER_DB) if rest else 0.0
    return tuple(
        part
        if part.role == "lead" or part.id not in near
        else replace(part, level_db=part.level_db - round(cut.get(part.role, 0.0) + every, 1))
        for part in parts
    )
