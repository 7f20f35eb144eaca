"""Vamps: a riff that repeats until the theme comes, and grows meanwhile.

Players enter two at a time, every fourth bar the beginning of the theme answers the riff, and just before the theme the
accompaniment is silent; only drums and answers go on.
"""

from __future__ import annotations

from cuesmith.casting.cast import Player
from cuesmith.composition.accompaniment.voicings import window
from cuesmith.composition.context import ComposeContext
from cuesmith.composition.melody.fit_to_chords import fit
from cuesmith.composition.melody.material import phrase_meter
from cuesmith.composition.melody.melody_writer import velocity_of
from cuesmith.motif.transform import change_meter
from cuesmith.music.note import Note
from cuesmith.music.pitch import fold
from cuesmith.plan.model import SectionPlan
from cuesmith.score import Passage

BUILDS_BARS = 4  # in a vamp of at least so many bars players enter two at a time
ANSWERED_EVERY = 4  # bars between answers, in vamps of at least two such periods
ENTER = ("ostinato", "bass", "pad", "impact")  # roles in order of entry
DEVICE = "vamp answer"


def waits_bars(context: ComposeContext, player: Player, section: SectionPlan) -> int:
    """Return how many bars of a section pass before a player enters; 0 outside vamps."""
    if section.treatment_row.theme != "awaited" or section.bars < BUILDS_BARS:
        return 0
    players = [
        p
        for p in context.cast.players
        if p.instrument is not None and p.seat.role in ENTER and p.seat.double is None
        if context.cast.active(p, section)
    ]
    order: list[Player] = []
    for rank in range(len(players)):  # the first of every role, then the second of every role
        for role in ENTER:
            order += [p for p in players if p.seat.role == role][rank : rank + 1]
    place = next((i for i, p in enumerate(order) if p.id == player.id), 0)
    return min(2 * (place // 2), section.bars // 2)


def gap_ticks(context: ComposeContext, section: SectionPlan) -> int:
    """Return how long the accompaniment is silent at the end of a vamp, before the theme; 0 elsewhere."""
    if section.treatment_row.theme != "awaited" or section.bars < 2 * ANSWERED_EVERY:
        return 0
    after = next((s for s in context.plan.sections if s.start == section.end), None)
    if after is None or after.theme is None or after.energy < section.energy:
        return 0
    return section.meter.bar_ticks - section.meter.beats_ticks[len(section.meter.beats_ticks) // 2]


def between_entry_and_gap(
    context: ComposeContext, player: Player, section: SectionPlan, notes: list[Note]
) -> list[Note]:
    """Keep what a player plays in a section from their entry up to the gap before the theme."""
    start = section.start + waits_bars(context, player, section) * section.meter.bar_ticks
    end = section.end - gap_ticks(context, section)
    if start == section.start and end == section.end:
        return notes
    out = []
    for note in notes:
        begin = max(note.onset, start) if note.end - start > section.meter.unit_ticks else note.onset
        if start <= begin < end:
            out.append(note._replace(onset=begin, duration=min(note.end, end) - begin))
    return out


def _is_answerer(context: ComposeContext, player: Player, section: SectionPlan) -> bool:
    """Tell whether this player answers: an active counter-line, else the leader of the section."""
    counters = [p for p in context.cast.players if p.seat.role == "counter" and context.cast.active(p, section)]
    return player.id == (counters[0].id if counters else context.cast.leads[section.index])


def vamp_answers(context: ComposeContext, player: Player) -> tuple[Passage, ...]:
    """Write the beginning of the theme in every fourth bar of vamps, if this player answers the riff."""
    out = []
    for section in context.plan.sections:
        is_answered = section.treatment_row.theme == "awaited" and section.bars >= 2 * ANSWERED_EVERY
        if not is_answered or section.theme is None or not _is_answerer(context, player, section):
            continue
        theme = context.themes[section.theme]
        bar = section.meter.bar_ticks
        low, high = window(player, section, 24)
        line = change_meter(theme.motif, phrase_meter(theme, section.meter))
        head = [n for n in line.realise(section.key, 4, velocity_of(section.energy)) if n.onset < bar]
        raw = [
            n._replace(
                onset=section.start + number * bar + n.onset,
                duration=min(n.duration, bar - n.onset),
                pitch=fold(n.pitch, low, high),
            )
            for number in range(ANSWERED_EVERY - 1, section.bars, ANSWERED_EVERY)
            for n in head
        ]
        notes = fit(raw, context.harmony, section.meter, section.start, low=low, high=high, against=context.lead)
        if notes:
            out.append(Passage(tuple(notes), section.index, DEVICE, player.seat.articulation or "normal"))
    return tuple(out)
