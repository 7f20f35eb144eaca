"""Percussion: grooves from the bank by level and meter, fills where the form turns, accents where it arrives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cuesmith.chance import Stream
from cuesmith.compose.setting import Setting
from cuesmith.music.note import PPQ
from cuesmith.orchestrate.cast import Player
from cuesmith.score import Plan, SectionPlan
from cuesmith.specs.banks import GRID_LETTERS, Groove
from cuesmith.specs.library import Banks

KICKS = ("kick", "kick_2")  # the voices a bass line locks to


class Stroke(NamedTuple):
    """A hit: when, on which voice (an id of the drum bank), how hard, in which section, by which device."""

    onset: int
    voice: str
    velocity: int
    section: int
    device: str


def _grid(grid: str, start: int, bar_ticks: int, gain: float) -> Iterator[tuple[int, int]]:
    steps = len(grid)
    for step, letter in enumerate(grid):
        if letter != ".":
            yield start + step * bar_ticks // steps, max(18, min(124, round(GRID_LETTERS[letter] * gain)))


def groove_for(player: Player, section: SectionPlan, banks: Banks, family: str, use: str, draw: Stream) -> str | None:
    """A groove of the seat's list in the section's meter, of the tier nearest its level; else one of the family."""
    meter = (section.meter.numerator, section.meter.denominator)

    def fits(row: Groove) -> bool:
        return (row.meter.numerator, row.meter.denominator) == meter

    listed = {name: weight for name, weight in player.seat.grooves.items() if fits(banks.grooves[name])}
    if not listed:
        kit = player.seat.kit
        listed = {
            name: 3.0 if use in row.tags else 1.0
            for name, row in banks.grooves.items()
            if fits(row) and family in row.tags and row.kit == kit
        } or {name: 1.0 for name, row in banks.grooves.items() if fits(row) and family in row.tags}
    if not listed:
        return None
    wanted = max(1, section.level + 1)
    gap = {name: abs(banks.grooves[name].tier - wanted) + (banks.grooves[name].tier > wanted) for name in listed}
    nearest = min(gap.values())
    return draw.weighted({name: weight for name, weight in listed.items() if gap[name] <= nearest + 0.5})


def _section_strokes(
    plan: Plan, section: SectionPlan, groove: Groove, name: str, gain: float, fills: bool, draw: Stream
) -> list[Stroke]:
    bar = section.meter.bar_ticks
    out: list[Stroke] = []
    length = max((len(bars) for bars in groove.rows.values()), default=1)
    for number in range(section.bars):
        start = section.start + number * bar
        turning = number % 8 == 7 or (number == section.bars - 1 and section.bars >= 4)
        if (
            turning
            and fills
            and groove.fill
            and section.index < len(plan.sections) - 1
            and draw.child(number).chance(0.8)
        ):
            rows: Mapping[str, str] = groove.fill
            device = f"{name} fill"
        else:
            rows = {voice: bars[number % len(bars)] for voice, bars in groove.rows.items()}
            device = name
            if length == 1 and number % 4 == 3 and draw.child(number, "thin").chance(0.35):
                rows = dict(list(rows.items())[: max(1, len(rows) - 1)])
        for voice, grid in rows.items():
            out.extend(
                Stroke(onset, voice, velocity, section.index, device)
                for onset, velocity in _grid(grid, start, bar, gain)
            )
    return out


def strokes(setting: Setting, player: Player, banks: Banks, family: str) -> tuple[Stroke, ...]:
    """All strokes of one percussion seat, in order, without two on one voice at the same time."""
    out: list[Stroke] = []
    plan = setting.plan
    chosen: dict[tuple[str, int], str | None] = {}
    before_energy = 0.0
    for section in plan.sections:
        active = setting.cast.active(player, section)
        draw = setting.draw.child(player.id, "groove")
        if active:
            kind = (section.harmony, section.level)
            if kind not in chosen:
                chosen[kind] = groove_for(player, section, banks, family, plan.brief.type, draw.child(*kind))
            name = chosen[kind]
            if name is not None:
                gain = 0.62 + 0.42 * section.energy
                groove = banks.grooves[name]
                out.extend(
                    _section_strokes(plan, section, groove, name, gain, section.level >= 2, draw.child(section.index))
                )
                crash = {"kit": "crash", "orchestral": "hand_cymbals", "taiko": "odaiko"}.get(
                    _group(groove, banks), "crash"
                )
                if section.energy >= 0.6 and section.energy >= before_energy and crash in banks.drums:
                    out.append(Stroke(section.start, crash, round(70 + 45 * section.energy), section.index, "arrival"))
        before_energy = section.energy
    unique: dict[tuple[int, str], Stroke] = {}
    for stroke in out:
        key = (stroke.onset, stroke.voice)
        if key not in unique or stroke.velocity > unique[key].velocity:
            unique[key] = stroke
    return tuple(sorted(unique.values()))


def _group(groove: Groove, banks: Banks) -> str:
    groups = [banks.drums[voice].group for voice in groove.rows if voice in banks.drums]
    for group in ("taiko", "orchestral", "kit"):
        if group in groups:
            return group
    return "kit"


def bass_drum(played: Mapping[str, tuple[Stroke, ...]]) -> tuple[int, ...]:
    """The ticks at which a kick is struck, whoever plays it: what a bass line locks to."""
    return tuple(sorted({s.onset for found in played.values() for s in found if s.voice in KICKS}))


def finish_strokes(setting: Setting, found: tuple[Stroke, ...]) -> tuple[Stroke, ...]:
    """The ending in the percussion: cut at the last bar, and one last hit where the ending has one."""
    plan = setting.plan
    if plan.ending in ("loop", "attacca", "fade") or not found:
        return found
    last = plan.sections[-1]
    start = plan.length - last.meter.bar_ticks
    kept = tuple(s for s in found if s.onset < start)
    loud = [s for s in found if s.onset >= start - 4 * last.meter.bar_ticks and s.velocity >= 80]
    if plan.ending in ("button", "allargando", "ring") and loud:
        loudest = {s.voice: s.velocity for s in sorted(loud, key=lambda s: s.velocity)}
        voices = sorted(loudest, key=lambda v: (-loudest[v], v))[:3]
        kept += tuple(Stroke(start, v, min(122, round(80 + 40 * last.energy)), last.index, "ending") for v in voices)
    elif plan.ending == "ma_stop":
        voice = min({s.voice for s in found}, key=lambda v: (v not in ("odaiko", "gran_cassa", "kick"), v))
        kept += (Stroke(start + min(2 * PPQ, last.meter.bar_ticks // 2), voice, 58, last.index, "ending"),)
    return tuple(sorted(kept))
