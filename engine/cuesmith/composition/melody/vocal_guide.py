"""The vocal guide of a song: make the tune singable, and let other players answer in its rests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from cuesmith.casting.cast import Cast
from cuesmith.casting.player import plays_in
from cuesmith.casting.singer import GUIDE
from cuesmith.chance import Stream
from cuesmith.composition.meet_hits import at_hits
from cuesmith.composition.melody.fit_to_chords import fit
from cuesmith.composition.melody.melody_writer import velocity_of
from cuesmith.motif.model import Theme
from cuesmith.motif.transform import inversion
from cuesmith.music.note import PPQ, Note
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.score import ChordSpan, Part, Passage

QUICKEST = PPQ // 2  # shortest syllable: repeated notes are not faster
BREATH = PPQ // 2  # ticks of rest that a singer needs
PHRASE_BARS = 4  # longest stretch without a breath
ANSWERED = 3 * PPQ // 2  # rests of the voice at least this long may be answered
ANSWER_NOTES = 5  # most notes of an answer
MIRRORED = 0.35  # share of answers in inversion
OFTEN = 0.8  # share of rests that are answered
SOFTER = 10  # velocity below that of the voice


def has_singer(cast: Cast) -> bool:
    """Tell whether the cast has a singer."""
    return any(player.id == GUIDE for player in cast.players)


def singable(plan: Plan, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """Make the singer's passages singable: no fast repeated notes, and a breath every four bars."""
    sung = sorted((n, at) for at, p in enumerate(passages) if p.device == GUIDE for n in p.notes)
    if not sung:
        return tuple(passages)
    notes = _with_breaths(plan, _join_repeats(sung))
    kept: dict[int, list[Note]] = {}
    for note, at in notes:
        kept.setdefault(at, []).append(note)
    return tuple(
        replace(p, notes=tuple(kept[at])) if p.device == GUIDE else p
        for at, p in enumerate(passages)
        if p.device != GUIDE or at in kept
    )


SungNote = tuple[Note, int]  # a note, and the index of its passage


def _join_repeats(sung: Sequence[SungNote]) -> list[SungNote]:
    """Join notes that repeat a pitch too fast; cut notes that overlap the next."""
    out: list[SungNote] = []
    for note, at in sung:
        if out:
            last, where = out[-1]
            if note.onset <= last.onset:
                continue
            if note.pitch == last.pitch and note.onset - last.onset < QUICKEST and note.onset <= last.end:
                out[-1] = (last._replace(duration=max(last.end, note.end) - last.onset), where)
                continue
            if last.end > note.onset:
                out[-1] = (last._replace(duration=note.onset - last.onset), where)
        out.append((note, at))
    return out


def _with_breaths(plan: Plan, sung: Sequence[SungNote]) -> list[SungNote]:
    """Shorten one note every four bars for a breath, preferably a long one."""
    out = list(sung)
    begin = 0
    for number in range(1, len(out) + 1):
        first = out[begin][0].onset
        bar = plan.section_at(first).meter.bar_ticks
        if number < len(out) and out[number][0].onset - out[number - 1][0].end >= BREATH:
            begin = number
            continue
        if number == len(out) or out[number][0].end - first <= PHRASE_BARS * bar:
            continue
        candidates = [
            i for i in range(begin, number)
            if out[i + 1][0].onset - out[i][0].onset > BREATH and out[i][0].onset - first >= bar
        ] or list(range(begin, number))  # fmt: skip
        at = max(candidates, key=lambda i: (out[i + 1][0].onset - out[i][0].onset, i))
        note, where = out[at]
        available = out[at + 1][0].onset - note.onset
        out[at] = (
            note._replace(duration=max(min(BREATH // 2, available), min(note.duration, available - BREATH))),
            where,
        )
        begin = at + 1
    return out


def answers(
    plan: Plan, harmony: tuple[ChordSpan, ...], cast: Cast, themes: Mapping[str, Theme], passages: Sequence[Passage],
    draw: Stream,
) -> tuple[Passage, ...]:  # fmt: skip
    """Write the answers of lead players in the rests of the voice, made from the theme's idea.

    There is none in a bar with a hit or a fermata.
    """
    out = []
    voice = sorted(n for p in passages if p.device == GUIDE for n in p.notes)
    taken = sorted((n.onset, n.end) for p in passages if p.device != GUIDE for n in p.notes)
    taken += [_bar_at(plan, tick) for tick in (*(h.tick for h in plan.hits), *(f.start for f in plan.tempo.fermatas))]
    for note, after in pairwise(voice):
        start = -(-note.end // (PPQ // 2)) * (PPQ // 2)
        section = plan.section_at(start)
        end = min(after.onset, section.end)
        if section.theme is None or cast.leads[section.index] != GUIDE or end - start < ANSWERED:
            continue
        stream = draw.child("answer", start)
        seat = _answerer(cast, section, stream)
        if seat is None or not stream.chance(OFTEN) or any(s < end and e > start for s, e in taken):
            continue
        notes = _answer(harmony, cast, themes[section.theme], section, seat, (start, end), stream)
        if notes:
            out.append(Passage(notes, section.index, seat, "normal"))
    return at_hits(plan, out, "lead")


def _bar_at(plan: Plan, tick: int) -> tuple[int, int]:
    """Return (start, end) in ticks of the bar that contains a tick."""
    section = plan.section_at(min(tick, plan.length - 1))
    start = section.start + (tick - section.start) // section.meter.bar_ticks * section.meter.bar_ticks
    return start, start + section.meter.bar_ticks


def _answerer(cast: Cast, section: SectionPlan, draw: Stream) -> str | None:
    """Choose a lead player of the section to answer, or None."""
    candidates = [
        p.id for p in cast.players
        if p.id != GUIDE and p.seat.role == "lead" and p.seat.double is None and p.instrument and plays_in(p, section)
    ]  # fmt: skip
    return draw.choice(candidates) if candidates else None


def _answer(
    harmony: tuple[ChordSpan, ...], cast: Cast, theme: Theme, section: SectionPlan, seat: str, gap: tuple[int, int],
    draw: Stream,
) -> tuple[Note, ...]:  # fmt: skip
    """Return a few notes from the beginning or end of the idea, perhaps inverted, fitted to player and chords."""
    instrument = cast.instrument(seat)
    low, high = instrument.sweet
    start, end = gap
    motif = inversion(theme.motif) if draw.chance(MIRRORED) else theme.motif
    most = draw.choice((ANSWER_NOTES, ANSWER_NOTES - 1))
    parts = [
        part
        for count in range(min(most, len(motif.notes)), 2, -1)
        for part in draw.shuffled((motif.notes[:count], motif.notes[-count:]))
        if part[-1].onset - part[0].onset + QUICKEST <= end - start
    ]
    if not parts:
        return ()
    raw = motif.with_notes(parts[0]).realise(section.key, 4, velocity_of(section.energy) - SOFTER)
    shift = 12 * round(((low + high) / 2 - sum(n.pitch for n in raw) / len(raw)) / 12)
    moved = [n._replace(onset=n.onset - raw[0].onset + start, pitch=n.pitch + shift) for n in raw]
    moved[-1] = moved[-1]._replace(duration=min(moved[-1].duration, end - moved[-1].onset))
    return fit(moved, harmony, section.meter, section.start, low=low, high=high)


def as_guide(part: Part) -> Part:
    """Give the singer's part its own role and stem, so that it can be muted or left out."""
    return replace(part, role="guide", name="Vocal guide", stem="vocal") if part.id == GUIDE else part
