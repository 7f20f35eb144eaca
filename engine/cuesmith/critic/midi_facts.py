"""Build sections, chords and scale from what a MIDI file of Cuesmith tells about itself (see `perform.facts`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cuesmith.critic.view import Ints
from cuesmith.music.bar_grid import bar_starts
from cuesmith.music.chord import in_key, parse_roman
from cuesmith.music.meter import Meter, MeterChange
from cuesmith.music.scale import MODES, Scale
from cuesmith.perform.facts import ChordFact, CueFact, Fact, SectionFact, fact_in
from cuesmith.plan.model import SectionPlan
from cuesmith.score import ChordSpan
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.show import parse_key


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What a file tells; all of it is empty for a file of another program.

    bars: ticks of the bar lines, to the end of track 0.
    swings: tick of a section, ratio, pair (see `SectionFact`).
    """

    cue: CueFact | None = None
    bars: Ints = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    sections: tuple[SectionPlan, ...] = ()
    chords: tuple[ChordSpan, ...] = ()
    scale: Scale | None = None
    swings: tuple[tuple[int, float, int], ...] = ()

    def without_swing(self, ticks: Ints) -> Ints:
        """Return the ticks at which swung notes are written."""
        out = ticks.copy()
        ends = [*(start for start, _, _ in self.swings[1:]), int(ticks.max(initial=0)) + 1]
        for (start, ratio, pair), end in zip(self.swings, ends, strict=False):
            inside = (ticks >= start) & (ticks < end)
            base, played = np.divmod(ticks[inside] - start, pair)
            written = np.interp(played, (0, pair * ratio, pair), (0, pair / 2, pair))
            out[inside] = start + base * pair + np.rint(written).astype(np.int64)
        return out

    @property
    def knows(self) -> frozenset[str]:
        """The knowledge that this gives a view (see `View.knows`)."""
        return frozenset(["sections"] * bool(self.sections) + ["harmony"] * bool(self.chords))


def read_told(tracks: Iterable[Iterable[Any]], scale: float, meters: tuple[MeterChange, ...], banks: Banks) -> Told:
    """Return what the text events of a file tell.

    tracks: of mido messages. scale: ticks of Cuesmith per tick of the file. meters: those of the file.

    A file that tells of a key, numeral or treatment that this version does not know is taken as one that tells nothing.
    """
    facts: list[tuple[int, Fact]] = []
    cue, end = None, 0
    for messages in tracks:
        at = 0
        for message in messages:
            at += message.time
            fact = fact_in(message.text) if message.type == "text" else None
            if fact is not None:
                facts.append((round(at * scale), fact))
        if cue is None:
            cue, end = next((fact for _, fact in facts if isinstance(fact, CueFact)), None), round(at * scale)
    if cue is None or cue.mode not in MODES:
        return Told()
    bars = np.array(bar_starts(meters, end), dtype=np.int64)
    try:
        return Told(
            cue,
            bars,
            _sections([(at, f) for at, f in facts if isinstance(f, SectionFact) and at < end], meters, bars, banks),
            _chords([(at, f) for at, f in facts if isinstance(f, ChordFact) and at < end], end),
            Scale(cue.scale, cue.mode, cue.steps, cue.nuclear),
            tuple(
                (at, f.swing, f.pair)
                for at, f in facts
                if isinstance(f, SectionFact) and f.pair > 0 and 0 < f.swing < 1
            ),
        )
    except (ValueError, KeyError):
        return Told()


def _sections(
    found: Sequence[tuple[int, SectionFact]], meters: Sequence[MeterChange], bars: Ints, banks: Banks
) -> tuple[SectionPlan, ...]:
    ends = [*(at for at, _ in found[1:]), int(bars[-1])]
    out = []
    for index, ((start, fact), end) in enumerate(zip(found, ends, strict=False)):
        first, after = (int(np.searchsorted(bars, tick)) for tick in (start, end))
        meter = next((change.meter for change in reversed(meters) if change.tick <= start), Meter(4, 4))
        out.append(
            SectionPlan(
                index, fact.name, fact.treatment, banks.treatments[fact.treatment], harmony="", bars=after - first,
                first_bar=first, start=start, length=end - start, meter=meter, energy=fact.energy, level=fact.level,
                key=parse_key(fact.key), theme=None, chords_per_bar=1.0,
            )
        )  # fmt: skip
    return tuple(out)


def _chords(found: Sequence[tuple[int, ChordFact]], end: int) -> tuple[ChordSpan, ...]:
    ends = [*(at for at, _ in found[1:]), end]
    out = []
    for (start, fact), after in zip(found, ends, strict=False):
        key = parse_key(fact.key)
        chord = in_key(parse_roman(fact.roman), key)
        out.append(ChordSpan(start, after - start, chord, key, fact.cadence, fact.device))
    return tuple(out)
