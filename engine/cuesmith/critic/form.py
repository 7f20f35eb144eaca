"""Rules about the whole cue: length, ending, silence, contrast, repetition, places to cut."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cuesmith.critic.model import Breach, Check, Limits
from cuesmith.critic.view import Notes, View
from cuesmith.music.note import PPQ
from cuesmith.plan.model import SectionPlan

PLANNED = frozenset({"plan", "sections"})


def duration(view: View, limits: Limits) -> Iterator[Breach]:
    """Q06: the cue has the length that was asked for."""
    if view.asked_sec is None:
        return
    off = abs(view.seconds - view.asked_sec)
    allowed = limits["share"] * view.asked_sec if limits["seconds"] == 0 else limits["seconds"]
    if off > allowed:
        yield Breach(off, allowed, f"{view.seconds:.2f} s long, {view.asked_sec:g} s asked for", view.length - 1)


def ending(view: View, limits: Limits) -> Iterator[Breach]:
    """Q07: a button ending is one short hit on the last downbeat; in a loop no note crosses the last bar line.

    Hits of the picture may come after the button. A cue of a single bar may have its theme there.
    """
    notes = view.every
    if not len(notes):
        return
    if view.ending == "button":
        last_bar = int(view.bars[-2])
        late = (notes.onset > last_bar) & ~np.isin(notes.onset, [hit.tick for hit in view.hits]) & (len(view.bars) > 2)
        if late.any():
            part = view.parts[notes.part[late][0]].id
            count, first = int(late.sum()), int(notes.onset[late][0])
            yield Breach(count, 0, f"{count} notes after the button", first, part)
        elif not (notes.onset == last_bar).any():
            yield Breach(0, 1, "no hit on the last downbeat", last_bar)
        pitched = view.pitched
        hit = (pitched.onset == last_bar) & (pitched.end - pitched.onset > limits["beats"] * PPQ)
        if hit.any():
            beats = float((pitched.end - pitched.onset)[hit].max() / PPQ)
            yield Breach(beats, limits["beats"], f"the last hit is held for {beats:g} beats", last_bar,
                         view.parts[pitched.part[hit][0]].id)  # fmt: skip
    elif view.ending == "loop":
        over = notes.end > view.length
        if over.any():
            yield Breach(int(over.sum()), 0, f"{int(over.sum())} notes cross the end of the loop",
                         int(notes.onset[over][0]), view.parts[notes.part[over][0]].id)  # fmt: skip


def _silences(view: View) -> NDArray[np.float64]:
    """Return rows (from, to) in seconds without any sound, from the first note on.

    Releases of instruments count as sound.
    """
    notes = view.every
    tail = np.array([(p.instrument.tail_ms if p.instrument else 300.0) / 1000 for p in view.parts] or [0.0])
    begin = view.tempo.seconds_array(notes.onset)
    end = np.maximum.accumulate(view.tempo.seconds_array(notes.end) + tail[notes.part])
    rests = np.stack((end[:-1], begin[1:]), axis=1)
    found: NDArray[np.float64] = rests[rests[:, 1] > rests[:, 0]]
    return found


def dropout(view: View, limits: Limits) -> Iterator[Breach]:
    """Q08: there is no long silence inside the cue, except in a planned break."""
    silent = [s for s in view.sections if s.treatment_row.silent]
    planned = [(view.tempo.seconds(s.start) - 0.1, view.tempo.seconds(s.end) + 0.1) for s in silent]
    for start, end in _silences(view).tolist():
        long = end - start > limits["seconds"]
        if long and not any(a <= start + limits["seconds"] and end <= b + limits["seconds"] for a, b in planned):
            at = int(view.tempo.ticks_array(np.array([start]))[0])
            yield Breach(end - start, limits["seconds"], f"nothing sounds for {end - start:.1f} s", at)


def silence_share(view: View, limits: Limits) -> Iterator[Breach]:
    """Q79: the share of silence in the cue is within limits."""
    if view.seconds < limits["seconds"]:
        return
    rests = _silences(view)
    share = float((rests[:, 1] - rests[:, 0]).sum() / view.seconds)
    if share > limits["most"]:
        yield Breach(share, limits["most"], f"{share:.0%} of the cue is silence")
    elif share < limits["least"]:
        yield Breach(share, limits["least"], f"{share:.0%} of the cue is silence")


def _power(view: View) -> tuple[Notes, NDArray[np.float64]]:
    """Return every note and its power, from 40·log10 of its velocity and the level of its part."""
    notes = view.every
    level = np.array([part.level_db for part in view.parts] or [0.0])[notes.part]
    power: NDArray[np.float64] = (notes.velocity / 127.0) ** 4 * 10 ** (level / 10)
    return notes, power


def _energy(notes: Notes, power: NDArray[np.float64], start: int, end: int) -> float:
    """Return the mean power between two ticks: power times sounding time, divided by the length."""
    sounds = np.clip(np.minimum(notes.end, end) - np.maximum(notes.onset, start), 0, None)
    return float((sounds * power).sum() / max(1, end - start))


def loudest_place(view: View, limits: Limits) -> Iterator[Breach]:
    """Q25: the loudest two bars come late, and one section is clearly quieter than the loudest one."""
    if len(view.bars) - 1 < limits["bars"]:
        return
    notes, power = _power(view)
    bars = view.bars.tolist()
    energy = [_energy(notes, power, a, b) for a, b in zip(bars[:-2], bars[2:], strict=True)]
    best = int(np.argmax(energy))
    place = view.tempo.seconds(bars[best + 1]) / view.seconds
    if place < limits["from"]:
        yield Breach(place, limits["from"], f"the loudest bars come at {place:.0%} of the cue", bars[best])
    elif place > limits["to"]:
        yield Breach(place, limits["to"], f"the loudest bars come at {place:.0%} of the cue", bars[best])
    if len(view.sections) >= 3:
        by_section = [_energy(notes, power, s.start, s.end) for s in view.sections]
        range_db = 10 * float(np.log10(max(by_section) / max(1e-9, min(by_section))))
        if range_db < limits["range_db"]:
            yield Breach(range_db, limits["range_db"], f"loudest and quietest section lie {range_db:.1f} dB apart")


def _playing(view: View, section: SectionPlan) -> tuple[float, tuple[str, ...], float, str, float]:
    """Measure a section: onsets per beat, parts that play, mean velocity, part with the lead, its mean pitch."""
    notes = view.every
    inside = notes.where((notes.onset >= section.start) & (notes.onset < section.end))
    lead = view.lead
    led = lead.where((lead.onset >= section.start) & (lead.onset < section.end))
    who = view.parts[int(np.bincount(led.part).argmax())].id if len(led) else ""
    return (
        len(inside) * PPQ / section.length,
        tuple(view.parts[i].id for i in np.unique(inside.part).tolist()),
        float(inside.velocity.mean()) if len(inside) else 0.0,
        who,
        float(led.pitch.mean()) if len(led) else 0.0,
    )


def contrast(view: View, limits: Limits) -> Iterator[Breach]:
    """Q29: neighbouring sections differ in density, layers or loudness; the melody changes its player or register."""
    seen = [_playing(view, section) for section in view.sections]
    changes = 0
    for a, b, section in zip(seen, seen[1:], view.sections[1:], strict=False):
        ratio = b[0] / a[0] if a[0] else 9.0
        dense = ratio >= limits["denser"] or ratio <= limits["thinner"]
        layers = len(set(a[1]) ^ set(b[1])) >= limits["layers"]
        if not (dense or layers or abs(a[2] - b[2]) >= limits["velocity"]):
            text = f"{section.name} begins and nothing changes: density, players, loudness"
            yield Breach(ratio, limits["denser"], text, section.start)
        changes += a[3] != b[3] or abs(a[4] - b[4]) >= limits["register"]
    if len(seen) > limits["sections"] and changes / (len(seen) - 1) < limits["melody"]:
        share = changes / (len(seen) - 1)
        yield Breach(share, limits["melody"], f"the melody changes player or register at {share:.0%} of the sections")


def repeated_sections(view: View, limits: Limits) -> Iterator[Breach]:
    """Q30: no section comes a third time with (nearly) the same notes."""
    notes = view.every
    events = []
    for s in view.sections:
        inside = notes.where((notes.onset >= s.start) & (notes.onset < s.end))
        columns = (inside.onset - s.start, inside.pitch, inside.part)
        events.append(set(zip(*(column.tolist() for column in columns), strict=True)))
    for i, (section, mine) in enumerate(zip(view.sections, events, strict=True)):
        if not section.treatment_row.themed or len(mine) < limits["notes"]:
            continue
        same = [e for e in events[:i] if len(mine & e) >= (1 - limits["changed"]) * max(len(mine), len(e))]
        if len(same) > limits["times"]:
            yield Breach(len(same), limits["times"], f"{section.name} is the same music for the {len(same) + 1}th time",
                         section.start)  # fmt: skip


def tempo_steps(view: View, limits: Limits) -> Iterator[Breach]:
    """Q56: the tempo changes little from bar to bar, except where a section begins and in the last bars.

    Free meter is left out, because it has breaths instead of bars.
    """
    starts = {section.start for section in view.sections}
    bars = view.bars[: -1 - int(limits["last_bars"])].tolist()
    for a, b in itertools.pairwise(bars):
        if b in starts or view.meter(b).free:
            continue
        step = abs(view.tempo.bpm(b) / view.tempo.bpm(a) - 1)
        if step > limits["most"]:
            yield Breach(step, limits["most"], f"the tempo changes by {step:.0%} between two bars", b)


def cut_points(view: View, limits: Limits) -> Iterator[Breach]:
    """Q76: there are enough bar lines over which no note (except in pads) is held, so that an editor can cut there."""
    bars = view.bars[1:-1]
    groups = (len(view.bars) - 1) // int(limits["bars"])
    if not groups:
        return
    over = np.zeros(len(bars), dtype=bool)
    for part in view.parts:
        if part.role in ("pad", "colour"):
            continue
        onset, end = part.notes.onset, part.notes.end
        first = np.searchsorted(bars, onset, side="right")
        inside = first < len(bars)
        crossing = inside & (end > bars[np.minimum(first, len(bars) - 1)] + limits["beats"] * PPQ)
        over[first[crossing]] = True
    clean = int((~over).sum())
    if clean < groups:
        yield Breach(clean, groups, f"{clean} bar lines in {len(bars) + 1} bars where one can cut")


def surprise(view: View, limits: Limits) -> Iterator[Breach]:
    """Q80: some bars, but not all, bring a part, drum or foreign chord that was not heard in the eight bars before."""
    count = len(view.bars) - 1
    if count < limits["bars"]:
        return
    heard: list[set[tuple[str, int]]] = [set() for _ in range(count)]
    for index, part in enumerate(view.parts):
        bar = np.clip(np.searchsorted(view.bars, part.notes.onset, side="right") - 1, 0, count - 1)
        kinds = part.notes.pitch if part.unpitched else np.full(len(bar), index)
        word = "drum" if part.unpitched else "part"
        for at, kind in set(zip(bar.tolist(), kinds.tolist(), strict=True)):
            heard[at].add((word, kind))
    for span in view.chords:
        if not span.chord.core <= span.key.classes:
            heard[view.bar(span.onset) - 1].add(("chord", span.chord.root))
    new = [bool(heard[i] - set().union(*heard[i - 8 : i])) for i in range(8, count)]
    share = sum(new) / len(new)
    if share < limits["least"]:
        yield Breach(share, limits["least"], f"{share:.0%} of the bars bring something new")
    elif share > limits["most"]:
        yield Breach(share, limits["most"], f"{share:.0%} of the bars bring something new")


CHECKS = {
    "Q06": Check(duration, frozenset({"plan"})),
    "Q07": Check(ending, frozenset({"plan"})),
    "Q08": Check(dropout),
    "Q25": Check(loudest_place, PLANNED),
    "Q29": Check(contrast, PLANNED),
    "Q30": Check(repeated_sections, PLANNED),
    "Q56": Check(tempo_steps, PLANNED),
    "Q76": Check(cut_points, frozenset({"parts"})),
    "Q79": Check(silence_share),
    "Q80": Check(surprise, frozenset({"harmony"})),
}
