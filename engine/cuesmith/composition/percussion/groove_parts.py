"""Write the percussion of a cue: the groove of each section, phrase endings, and accents where a section begins.

How a groove varies from bar to bar is in `groove_variation`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from cuesmith.casting.cast import Player
from cuesmith.chance import Stream
from cuesmith.composition.accompaniment.endings import accompaniment_end
from cuesmith.composition.accompaniment.patterns import grouped_texture, tokens_by_bar
from cuesmith.composition.accompaniment.textures import texture_for
from cuesmith.composition.context import ComposeContext
from cuesmith.composition.percussion.free_meter_strokes import free_strokes
from cuesmith.composition.percussion.grid_strings import add_stroke, gain_at, velocity_of_letter
from cuesmith.composition.percussion.groove_variation import (
    PhraseEnding,
    bar_rows,
    beats,
    choose_ending,
    choose_manner,
    ending_rows,
    fill_bars,
    group_of,
    oroshi,
    regrouped,
    swell,
)
from cuesmith.composition.percussion.grooves_from_cells import bar_groove, fits
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.plan.free_meter.breaths import flow_of
from cuesmith.plan.model import SectionPlan
from cuesmith.score import Stroke
from cuesmith.specs.banks.drum_roles import DrumRoles, voices_tagged
from cuesmith.specs.banks.groove_cells import GrooveCells
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.banks.percussion import DrumGroup, DrumVoice, Groove

SWUNG = 0.6  # a groove with at least this swing goes with a swinging bass
MOST_BREAKS = 4  # most breaks, silences and long rolls in one cue
DEVICES: dict[PhraseEnding, str] = {
    "fill": "{} fill", "half": "{} fill", "settle": "{} settles", "break": "drum break", "oroshi": "oroshi", "ma": "ma",
}  # fmt: skip


def _groove_treatment(section: SectionPlan) -> str:
    """Return the treatment whose groove a section uses."""
    return section.treatment_row.same_as or section.treatment


def _grid_strokes(grid: str, start: int, bar_ticks: int, gain: float) -> Iterator[tuple[int, int]]:
    """Yield (tick, velocity) of every stroke of a grid."""
    steps = len(grid)
    for step, letter in enumerate(grid):
        if letter != ".":
            yield start + step * bar_ticks // steps, velocity_of_letter(letter, gain)


def _feel(context: ComposeContext, section: SectionPlan) -> tuple[str, ...]:
    """Return the tags of the bass texture in a section (swing, latin)."""
    for player in context.cast.players:
        if player.seat.role == "bass" and player.seat.double is None and context.cast.active(player, section):
            name = texture_for(context, player, section)
            return context.textures[name].tags if name else ()
    return ()


def _suitability(
    row: Groove | GrooveCells, section: SectionPlan, bpm: float, uses: tuple[str, ...], feel: tuple[str, ...]
) -> float:
    """Return how well a groove suits a section: its uses, its tempo, and the feel of the bass."""
    low, high = row.bpm
    weight = 1.0 if low <= bpm <= high else 0.2 if 0.85 * low <= bpm <= 1.15 * high else 0.04
    if any(use in row.tags for use in uses):
        weight *= 4.0
    elif "comedy" in row.tags and "daily" not in uses:
        weight *= 0.2
    if "build" in row.tags and section.treatment_row.theme == "rising":
        weight *= 3.0
    if "break" in row.tags:
        weight *= 0.05 if "comedy" not in uses else 0.5
    if isinstance(row, Groove) and (row.swing >= SWUNG) != ("swing" in feel):
        weight *= 0.03
    if ("latin" in row.tags) != ("latin" in feel):
        weight *= 0.15
    return weight


def groove_for(
    context: ComposeContext,
    player: Player,
    section: SectionPlan,
    banks: Banks,
    family: str,
    before: str | None,
    draw: Stream,
) -> str | None:
    """Choose a groove for a section: from the seat's list (else the family's), in its meter, with the nearest tier.

    When no groove fits the meter, cells of the kit from which one is built. before: the groove of the music before,
    which becomes less likely.
    """
    bpm = context.plan.tempo.bpm(section.start)
    uses = banks.cue_types[context.plan.brief.type].grooves
    feel = _feel(context, section)
    listed: Mapping[str, float] = player.seat.grooves or {n: 1.0 for n, r in banks.grooves.items() if family in r.tags}
    rows: Mapping[str, Groove | GrooveCells] = banks.grooves
    fitting = {
        name: weight * _suitability(banks.grooves[name], section, bpm, uses, feel)
        for name, weight in listed.items()
        if fits(banks.grooves[name].meter, section.meter)
    }
    groups = section.meter.groups
    same_grouping = {name: w for name, w in fitting.items() if banks.grooves[name].meter.groups == groups}
    fitting = same_grouping or fitting
    if not fitting:
        rows = banks.groove_cells
        kit = player.seat.kit
        fitting = {name: _suitability(row, section, bpm, uses, feel) for name, row in rows.items() if kit in row.kits}
    if not fitting:
        return None
    tier = max(1, section.level + 1)
    gap = {name: abs(rows[name].tier - tier) + (rows[name].tier > tier) for name in fitting}
    nearest = min(gap.values())
    return draw.weighted(
        {
            name: weight * (1.0 if gap[name] == nearest else 0.3) * (0.35 if name == before else 1.0)
            for name, weight in fitting.items()
            if gap[name] <= nearest + 1
        }
    )


def _stabs(context: ComposeContext, section: SectionPlan) -> frozenset[int]:
    """Return the ticks of accented off-beat chords of the ensemble in a section."""
    ticks: set[int] = set()
    for player in context.cast.players:
        if player.seat.role != "impact" or player.seat.double or not context.cast.active(player, section):
            continue
        name = texture_for(context, player, section)
        texture = grouped_texture(context.textures[name], section.meter) if name else None
        if texture is None or texture.kind != "chord" or texture.articulation == "swell":
            continue
        step = PPQ // texture.unit
        for bar, tokens in tokens_by_bar(texture, section.meter, section.bars):
            inside = [t.step * step for t in tokens if t.accent > 0 and section.meter.strength(t.step * step) < 2]
            ticks.update(section.start + bar * section.meter.bar_ticks + at for at in inside)
    return frozenset(ticks)


class _Kit:
    """One percussion seat during a cue: it remembers the grooves and breaks it has played."""

    def __init__(self, context: ComposeContext, player: Player, banks: Banks, family: str) -> None:
        self.context, self.player, self.banks, self.family = context, player, banks, family
        self.draw = context.draw.child(player.id, "groove")
        self.flow = flow_of(context.plan)
        self.chosen: dict[tuple[str, int, str, Meter], str | None] = {}
        self.before: str | None = None
        self.breaks = 0
        self.spent: set[PhraseEnding] = set()
        self.heard: dict[str, list[tuple[str, str]]] = {}  # groove → kinds of music it was played to
        self.fills: Counter[str] = Counter()  # groove → fills played so far
        self.after_fill = False  # the bar before ended a phrase and leads on
        self.out: list[Stroke] = []

    def play(self, section: SectionPlan) -> None:
        """Write all strokes of a section."""
        if self.flow is not None and section.flow:
            found = free_strokes(
                self.context.plan, section, self.flow, self.player, self.banks, self.draw.child("free", section.index)
            )
            self.out += [Stroke(s.tick, s.voice, s.velocity, section.index, s.row) for s in found]
            self.after_fill = False
            return
        name = self._groove(section)
        if name is None:
            return
        groove = self._read(name, section.meter)
        roles = self.banks.drum_roles[group_of(self.banks.drums[voice].group for voice in groove.rows)]
        draw = self.draw.child(section.index)
        kind = section.harmony, _groove_treatment(section)
        heard = self.heard.setdefault(name, [])
        if kind not in heard:
            heard.append(kind)
        manner = choose_manner(section, groove, roles, draw.child("manner"), heard.index(kind))
        bar, last = section.meter.bar_ticks, section.index == len(self.context.plan.sections) - 1
        after = None if last else self.context.plan.sections[section.index + 1]
        ending_bars = set(fill_bars(section.bars)) if section.level >= 2 or groove.fill else set()
        stabs = _stabs(self.context, section) if roles.group == "kit" and groove.tier >= 3 else frozenset()
        base = gain_at(section.energy)
        for number in range(section.bars):
            start = section.start + number * bar
            gain = base * (0.97 + 0.06 * number / section.bars)
            if section.treatment_row.theme == "rising":
                gain = base * (0.82 + 0.26 * number / section.bars)
            rows, device = bar_rows(groove, manner, section.meter, number, section.bars), name
            closing = number == section.bars - 1
            leads_on = False
            if number in ending_bars and not (closing and last):
                ending = self._choose_ending(
                    section, after if closing else None, roles.group, draw.child(number, "turn")
                )
                rows = ending_rows(groove, manner, section.meter, rows, ending, self.fills[name])
                self.fills[name] += ending in ("fill", "half")
                device = DEVICES[ending].format(name)
                leads_on = ending != "settle"
                if ending == "oroshi":
                    self._roll(section, start + bar, gain, roles)
            elif stabs:
                self._add_stab(rows, groove.steps, section, start, stabs, roles, setup=number % 4 == 3)
            if number == 0 or self.after_fill:
                self._downbeat(section, start, roles, first=number == 0)
            self.after_fill = leads_on
            for voice, grid in rows.items():
                self.out.extend(
                    Stroke(t, voice, v, section.index, device) for t, v in _grid_strokes(grid, start, bar, gain)
                )
        if after is not None and roles.swell:
            self._cymbal_swell(section, after, roles.swell)

    def _groove(self, section: SectionPlan) -> str | None:
        """Return the groove of a section, the same for the same kind of music."""
        path = (section.harmony, section.level, _groove_treatment(section))
        kind = (*path, section.meter)
        if kind not in self.chosen:
            self.chosen[kind] = groove_for(
                self.context, self.player, section, self.banks, self.family, self.before, self.draw.child(*path)
            )
        self.before = self.chosen[kind]
        return self.chosen[kind]

    def _read(self, name: str, meter: Meter) -> Groove:
        """Return a groove of the bank in this meter, or one built from cells."""
        if name in self.banks.grooves:
            return regrouped(self.banks.grooves[name], meter)
        return bar_groove(self.banks.groove_cells[name], self.player.seat.kit or "", meter)

    def _choose_ending(
        self, section: SectionPlan, after: SectionPlan | None, group: DrumGroup, draw: Stream
    ) -> PhraseEnding:
        """Choose how the last bar of a phrase ends; breaks, silences and rolls are limited."""
        ending = choose_ending(section, after, group, section.level, draw)
        if group == "taiko" and after is not None and ending != "settle" and section.level >= 2:
            # play each once, if possible
            special: PhraseEnding = "oroshi" if after is self.context.plan.climax else "ma"
            ending = special if special not in self.spent else ending
        if ending in ("break", "ma", "oroshi"):
            self.breaks += 1
            if self.breaks > MOST_BREAKS:
                return "fill"
        self.spent.add(ending)
        return ending

    def _roll(self, section: SectionPlan, end: int, gain: float, roles: DrumRoles) -> None:
        """Write an accelerating roll that ends at a tick."""
        start = end - section.meter.bar_ticks + (*section.meter.beats_ticks, PPQ)[1]
        for voice, share in ((roles.low, 0.8), (roles.answer, 1.0)):
            self.out += [
                Stroke(tick, voice, min(124, round(velocity * share)), section.index, "oroshi")
                for number, (tick, velocity) in enumerate(oroshi(start, end, min(120, round(118 * gain))))
                if voice == roles.answer or number % 4 == 0
            ]

    def _add_stab(
        self, rows: dict[str, str], steps: int, section: SectionPlan, start: int, stabs: frozenset[int],
        roles: DrumRoles, setup: bool,
    ) -> None:  # fmt: skip
        """Accent the first stab of a bar on kick and snare; every fourth bar the snare prepares it."""
        bar = section.meter.bar_ticks
        step_ticks = bar // steps
        tick = min((t for t in stabs if start <= t < start + bar), default=None)
        if tick is None or (tick - start) % step_ticks:
            return
        step = (tick - start) // step_ticks
        kick, snare = roles.low, roles.backbeat
        if kick in rows and step and step - 1 not in beats(section.meter, steps):  # leave room before the accent
            rows[kick] = rows[kick][: step - 1] + "." + rows[kick][step:]
        add_stroke(rows, kick, step, "X", steps)
        if setup and snare in rows and step >= 2:
            add_stroke(rows, snare, step - 2, "o", steps)
            add_stroke(rows, snare, step - 1, "x", steps)
            add_stroke(rows, snare, step, "X", steps)

    def _downbeat(self, section: SectionPlan, tick: int, roles: DrumRoles, first: bool) -> None:
        """Strike the low drum on the downbeat of a section or after a fill, and the crash when the energy has grown."""
        energy = section.energy
        loud = round(58 + 50 * energy)
        loud -= 0 if first or energy >= 0.5 else 14
        self.out.append(Stroke(tick, roles.low, loud, section.index, "arrival"))
        sections = self.context.plan.sections
        before = sections[section.index - 1].energy if section.index else 0.0
        grown = energy >= 0.6 and energy >= before if first else energy >= (0.5 if roles.group == "kit" else 0.75)
        if grown or (first and self.after_fill and energy >= 0.5):
            self.out.append(Stroke(tick, roles.crash, round(66 + 46 * energy), section.index, "arrival"))

    def _cymbal_swell(self, section: SectionPlan, after: SectionPlan, voice: str) -> None:
        """Write a roll with soft sticks into a section with more energy."""
        if after.energy < 0.55 or after.energy < section.energy + 0.08 or section.bars < 2:
            return
        length = (4 if after.level >= 4 else 2) * PPQ
        start = section.end - min(section.length, length)
        self.out += [
            Stroke(tick, voice, velocity, section.index, "cymbal swell")
            for tick, velocity in swell(start, section.end, round(60 + 40 * after.energy))
        ]


def strokes(context: ComposeContext, player: Player, banks: Banks, family: str) -> tuple[Stroke, ...]:
    """Write all strokes of one percussion seat, in order, at most one per voice and tick."""
    kit = _Kit(context, player, banks, family)
    for section in context.plan.sections:
        if context.cast.active(player, section):
            kit.play(section)
        else:
            kit.after_fill = False
    unique: dict[tuple[int, str], Stroke] = {}
    for stroke in kit.out:
        key = (stroke.onset, stroke.voice)
        if key not in unique or stroke.velocity > unique[key].velocity:
            unique[key] = stroke
    return tuple(sorted(unique.values()))


def bass_drum(played: Mapping[str, tuple[Stroke, ...]], drums: Mapping[str, DrumVoice]) -> tuple[int, ...]:
    """Return the ticks of all bass drum strokes; a bass line may follow them."""
    kicks = voices_tagged(drums, "kick")
    return tuple(sorted({s.onset for seat_strokes in played.values() for s in seat_strokes if s.voice in kicks}))


def finish_strokes(context: ComposeContext, written: tuple[Stroke, ...]) -> tuple[Stroke, ...]:
    """End the percussion: cut it at the last bar, and add a last stroke where the ending has one."""
    plan = context.plan
    if plan.ending in ("loop", "attacca", "fade") or not written:
        return written
    last = plan.sections[-1]
    start = plan.length - last.meter.bar_ticks
    kept = tuple(s for s in written if s.onset < accompaniment_end(plan))
    loud = [s for s in written if s.onset >= start - 4 * last.meter.bar_ticks and s.velocity >= 80]
    if plan.ending in ("button", "allargando", "ring") and loud:
        loudest = {s.voice: s.velocity for s in sorted(loud, key=lambda s: s.velocity)}
        voices = sorted(loudest, key=lambda v: (-loudest[v], v))[:3]
        kept += tuple(Stroke(start, v, min(122, round(80 + 40 * last.energy)), last.index, "ending") for v in voices)
    elif plan.ending == "ma_stop":
        low = {roles.low for roles in context.banks.drum_roles.values()}
        voice = min({s.voice for s in written}, key=lambda v: (v not in low, v))
        kept += (Stroke(start + min(2 * PPQ, last.meter.bar_ticks // 2), voice, 58, last.index, "ending"),)
    return tuple(sorted(kept))
