"""Filter curves: tone that follows the dynamics, and synthesizer sweeps, by the cutoff of the SoundFont filter.

In most soundfonts velocity changes only the loudness of a sample, not its tone. So soft brass and strings are made
darker with the generator initialFilterFc (NRPN 120/8, in cents of cutoff), and synthesizers open over a section. MIDI
players that do not know SoundFont NRPNs ignore these events.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cuesmith.chance import Stream
from cuesmith.perform.model import Curve
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.score import Part
from cuesmith.specs.banks.instruments import Instrument

CUTOFF = 8  # SoundFont generator


class Tone(NamedTuple):
    """How tone follows velocity.

    darkest: cents of cutoff at the softest velocity.
    power: exponent of the curve to it.
    """

    darkest: int
    power: float


TONES = {"brass": Tone(-1600, 1.3), "strings": Tone(-2000, 1.5)}
SOFTEST, LOUDEST = 36, 112  # the tone changes between these velocities
SWELL_FROM = -1100  # cents of cutoff at the start of a swell of brass or strings
SWEPT = {"ostinato": -2400, "pad": -1900, "bass": -1500}  # cents of cutoff at the start of a sweep, by role
STEP_SEC = 0.09
LEAST_CENTS = 60  # smaller changes are not sent


def tone_curve(
    instrument: Instrument, onset: NDArray[np.float64], end: NDArray[np.float64], velocity: NDArray[np.int16],
    articulations: Sequence[str],
) -> Curve | None:  # fmt: skip
    """Return the cutoff curve of brass or strings, note by note; None for other instruments.

    Columns (one row per note) are in rising order of onset, times in seconds.
    """
    tone = TONES.get(instrument.family)
    if tone is None or not instrument.sustained:
        return None
    soft = 1 - np.clip((velocity.astype(float) - SOFTEST) / (LOUDEST - SOFTEST), 0, 1)
    dark = np.rint(tone.darkest * soft**tone.power)
    times, values = [0.0], [int(dark[0])]
    for index, (start, stop) in enumerate(zip(onset.tolist(), end.tolist(), strict=True)):
        if start <= times[-1]:
            continue
        if articulations[index] == "swell" and stop - start > 4 * STEP_SEC:
            grid = np.arange(start, stop, STEP_SEC)
            times += grid.tolist()
            values += np.rint(SWELL_FROM * (1 - (grid - start) / (stop - start))).astype(int).tolist()
        elif abs(int(dark[index]) - values[-1]) >= LEAST_CENTS:
            times.append(max(0.0, start - 0.004))
            values.append(int(dark[index]))
    return Curve("nrpn", CUTOFF, np.array(times), np.array(values, np.int32))


def sweep_curve(part: Part, instrument: Instrument, plan: Plan, share: float, draw: Stream) -> Curve | None:
    """Return the cutoff curve of a synthesizer: it opens towards a louder section; otherwise it opens and closes again.

    share: probability 0..1 that a section is swept. `draw` belongs to the cue, so all synthesizers sweep the same
        sections.

    None when the part is not swept.
    """
    deep = SWEPT.get(part.role, 0)
    if not deep or not share or "sweep" not in instrument.tags:
        return None
    sounding = {passage.section for passage in part.passages if passage.notes}
    times, values = [np.zeros(1)], [np.zeros(1)]
    for section in plan.sections:
        if section.index not in sounding or not draw.child(section.index).chance(share):
            continue
        start, stop = plan.tempo.seconds(section.start), plan.tempo.seconds(section.end)
        grid = np.arange(start, stop - STEP_SEC, STEP_SEC)
        x = (grid - start) / (stop - start)
        path = deep * (1 - x) ** 1.2 if _opens(plan, section) else 0.7 * deep * np.abs(1 - 2 * x) ** 1.5
        times += [grid, np.array([stop - 0.02])]
        values += [path, np.zeros(1)]
    if len(times) == 1:
        return None
    at, cents = np.concatenate(times), np.rint(np.concatenate(values))
    return Curve("nrpn", CUTOFF, at, cents.astype(np.int32))


def _opens(plan: Plan, section: SectionPlan) -> bool:
    after = plan.sections[section.index + 1] if section.index + 1 < len(plan.sections) else None
    return after is not None and after.energy >= section.energy
