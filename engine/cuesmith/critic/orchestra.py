"""Rules about instruments: range, single lines, breath, number of players; and whether the melody can be heard."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cuesmith.critic.model import Breach, Check, Limits
from cuesmith.critic.roll import sounding_at
from cuesmith.critic.view import View
from cuesmith.music.note import PPQ
from cuesmith.music.pitch import pitch_name

COMPOSED = frozenset({"parts"})
BREATHING = ("lead", "guide", "counter")  # roles whose wind players need time to breathe
LEADING_TICKS = PPQ  # before the end of a section players begin who lead into the next


def in_range(view: View, limits: Limits) -> Iterator[Breach]:
    """Q03: no note is outside the range of its instrument."""
    for part in view.parts:
        if part.instrument is None or part.unpitched:
            continue
        low, high = part.instrument.range
        outside = np.flatnonzero((part.notes.pitch < low) | (part.notes.pitch > high))
        if len(outside) > limits["most"]:
            first = outside[0]
            text = f"{len(outside)} notes outside {pitch_name(low)} to {pitch_name(high)}, the range of {part.name}"
            yield Breach(len(outside), limits["most"], text, int(part.notes.onset[first]), part.id)


def sweet_register(view: View, limits: Limits) -> Iterator[Breach]:
    """Q03s: the melody is in the register where its instrument sounds best."""
    lead = view.lead
    for index in np.unique(lead.part).tolist():
        part, notes = view.parts[index], lead.where(lead.part == index)
        if part.instrument is None or len(notes) < limits["notes"]:
            continue
        low, high = part.instrument.sweet
        outside = (notes.pitch < low) | (notes.pitch > high)
        share = float(outside.mean())
        if share > limits["most"]:
            best = f"{pitch_name(low)} to {pitch_name(high)}, the best register of {part.name}"
            yield Breach(share, limits["most"], f"{share:.0%} of its melody lies outside {best}",
                         int(notes.onset[outside][0]), part.id)  # fmt: skip


def single_line(view: View, limits: Limits) -> Iterator[Breach]:
    """Q05: a monophonic instrument plays one note at a time."""
    for part in view.parts:
        if part.instrument is None or part.unpitched or part.instrument.voices > 1 or len(part.notes) < 2:
            continue
        onset = view.tempo.seconds_array(part.notes.onset)
        end = np.maximum.accumulate(view.tempo.seconds_array(part.notes.end))
        over = np.flatnonzero((end[:-1] - onset[1:] > limits["ms"] / 1000) | (onset[1:] == onset[:-1]))
        if len(over):
            worst = float(1000 * (end[over] - onset[over + 1]).max())
            yield Breach(worst, limits["ms"], f"{len(over)} notes of {part.name} begin while another sounds",
                         int(part.notes.onset[over[0] + 1]), part.id)  # fmt: skip


def stuck(view: View, limits: Limits) -> Iterator[Breach]:
    """Q15: no part is empty, and no note is held for very long while the chords change to others.

    A drone, or a pad over one long chord, is allowed: its pitch belongs to every chord it sounds with.
    """
    for part in view.parts:
        if not len(part.notes):
            yield Breach(0, 1, f"{part.name} plays nothing", 0, part.id)
            continue
        held = (part.notes.end - part.notes.onset) / PPQ
        for index in np.flatnonzero(held > limits["beats"]).tolist():
            onset, end, pitch = (int(c[index]) for c in (part.notes.onset, part.notes.end, part.notes.pitch))
            if view.chords:
                first, last = view.chord_index(np.array([onset, end - 1])).tolist()
                if view.chord_table[first : last + 1, pitch % 12].all():
                    continue
            yield Breach(float(held[index]), limits["beats"], f"a note held for {held[index]:g} beats", onset, part.id)
            break


def breath(view: View, limits: Limits) -> Iterator[Breach]:
    """Q28: a single wind player gets time to breathe."""
    for part in view.parts:
        player = part.instrument
        if player is None or not player.breath_sec or player.voices > 1 or part.role not in BREATHING:
            continue
        onset = view.tempo.seconds_array(part.notes.onset)
        end = np.maximum.accumulate(view.tempo.seconds_array(part.notes.end))
        gaps = np.flatnonzero(onset[1:] - end[:-1] >= limits["gap_sec"])
        starts, stops = np.concatenate(([0], gaps + 1)), np.concatenate((gaps, [len(onset) - 1]))
        blown = end[stops] - onset[starts]
        worst = int(np.argmax(blown))
        if blown[worst] > player.breath_sec * limits["factor"]:
            text = f"{part.name} plays {blown[worst]:.1f} s without a breath"
            at = int(part.notes.onset[starts[worst]])
            yield Breach(float(blown[worst]), player.breath_sec * limits["factor"], text, at, part.id)


def melody_heard(view: View, limits: Limits) -> Iterator[Breach]:
    """Q10: when a melody note begins, no instrument of the same family plays near it (or just above) as loudly."""
    yield from _covered(view, limits, same_family=True)


def melody_uncovered(view: View, limits: Limits) -> Iterator[Breach]:
    """X02: when a melody note begins, nothing louder plays in its register, in any family."""
    yield from _covered(view, limits, same_family=False)


def _covered(view: View, limits: Limits, same_family: bool) -> Iterator[Breach]:
    """Check the share of melody onsets that no other note covers.

    A note covers the melody when it lies from `below` semitones under it to `above` semitones over it, and is less than
    `quieter_db` softer.
    """
    lead, notes = view.lead, view.pitched
    if len(lead) < limits["notes"]:
        return
    own = np.array([part.role in ("lead", "guide") or part.doubling for part in view.parts])
    family = np.array([part.instrument.family if part.instrument else "" for part in view.parts])
    other = np.flatnonzero(~own[notes.part] & (notes.end - notes.onset >= PPQ // 4))
    loud = view.loudness_db[other]
    notes = notes.where(other)
    level = np.array([part.level_db for part in view.parts])
    lead_db = level[lead.part] + 40 * np.log10(np.maximum(lead.velocity, 1) / 127)
    at, by = sounding_at(notes, lead.onset, PPQ // 8)
    distance = notes.pitch[by] - lead.pitch[at]
    covers = (distance > -limits["below"]) & (distance < limits["above"]) & (distance % 12 != 0)
    covers &= lead_db[at] - loud[by] < limits["quieter_db"]
    if same_family:
        covers &= family[lead.part[at]] == family[notes.part[by]]
    hidden = np.unique(at[covers])
    share = 1 - len(hidden) / len(lead)
    if share < limits["least"]:
        part = view.parts[int(np.bincount(notes.part[by[covers]]).argmax())]
        yield Breach(share, limits["least"], f"{part.name} and others cover {len(hidden)} of {len(lead)} melody notes",
                     int(lead.onset[hidden[0]]), part.id)  # fmt: skip


def weight(view: View, limits: Limits) -> Iterator[Breach]:
    """Q34: a section has no more pitched players than its level allows; who only leads out of it does not count."""
    for section in view.sections:
        playing = 0
        for part in view.parts:
            if not part.unpitched and part.role != "colour":
                onset = part.notes.onset
                playing += bool(((onset >= section.start) & (onset < section.end - LEADING_TICKS)).any())
        most = limits[f"level_{section.level}"]
        if playing > most:
            yield Breach(playing, most, f"{playing} players in {section.name}, which is of level {section.level}",
                         section.start)  # fmt: skip


def tracks(view: View, limits: Limits) -> Iterator[Breach]:
    """Q77: the tracks fit on the channels of one MIDI port; all drums share one channel."""
    pitched = sum(not part.drums for part in view.parts)
    if pitched + any(part.drums for part in view.parts) > limits["tracks"]:
        count = pitched + any(part.drums for part in view.parts)
        yield Breach(count, limits["tracks"], f"{count} channels are needed")


CHECKS = {
    "Q03": Check(in_range),
    "Q03s": Check(sweet_register, COMPOSED),
    "Q05": Check(single_line),
    "Q10": Check(melody_heard),
    "Q15": Check(stuck),
    "Q28": Check(breath, COMPOSED),
    "Q34": Check(weight, frozenset({"parts", "sections"})),
    "Q77": Check(tracks),
    "X02": Check(melody_uncovered),
}
