"""Beats of the picture → the form of a cue: scenes between the beats, cut into sections with mood, theme and key.

A beat falls on a bar line: bars and tempo are chosen together so that the beats lie as near to bar lines as may be.
What is left over (`Plan.points` has both times) is for whoever bends the tempo.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from cuesmith.chance import Stream
from cuesmith.errors import ComposeError
from cuesmith.music.scale import Key
from cuesmith.plan.dials import key_at, placed
from cuesmith.plan.feeling import beat_mood, between
from cuesmith.plan.guises import MEETING_BARS, MEETS
from cuesmith.score import Beat, Brief, Meeting, Mood, SectionPlan
from cuesmith.specs.banks import CueType, SectionRow
from cuesmith.specs.feelings import Feeling

# what an event does: the bar before it ("break" empties, "build" swells), and what it adds to the energy after it
# fmt: off
EVENTS = {
    "reveal":    ("break",  0.15),
    "impact":    ("build",  0.20),
    "entrance":  ("build",  0.10),
    "turn":      ("",       0.00),
    "departure": ("",      -0.15),
    "silence":   ("",       0.00),  # the beat itself is silence
}

AROUSED, TENSED, LEAST = 0.78, 0.10, 0.10  # energy of a mood: per unit of arousal and of tension, and at rest
HINTED, CROWNED        = 0.30, 0.80        # intensities under which a theme is only quoted, and from which crowned
STRAINED               = 0.72              # a tension from which a scene stands over a pedal
PIVOT                  = 0.33              # a leap of energy that a bar prepares
PHRASE, LONGEST        = 8, 9              # bars of a section, and how many may stay in one
SAME_LIGHT             = 0.15              # a difference in valence for which no key changes
OFF_WEIGHT, TEMPO_WEIGHT = 8.0, 2.5        # cost of a beat half a bar off, of a tempo e times the wished
# fmt: on


class Scene(NamedTuple):
    """The music from one beat to the next. energy: what it plays with; intensity: what the theme makes of it."""

    beat: Beat
    mood: Mood
    energy: float
    intensity: float
    bars: int


@dataclass(frozen=True, slots=True)
class Story:
    """A form made by beats: rows and bars as a `Form` has them, and for each row its scene, themes and mood."""

    rows: tuple[SectionRow, ...]
    bars: tuple[int, ...]
    scenes: tuple[int, ...]
    themes: tuple[tuple[str, ...], ...]
    moods: tuple[Mood, ...]
    beats: tuple[Beat, ...]
    starts: tuple[int, ...]  # the bar at which each scene begins

    @property
    def leading(self) -> tuple[str | None, ...]:
        """The theme of each row, if any."""
        return tuple(names[0] if names else None for names in self.themes)

    @property
    def feels(self) -> tuple[str, ...]:
        """What each row is meant to feel like, by name."""
        return tuple(self.beats[scene].feel for scene in self.scenes)


def energy_of(mood: Mood) -> float:
    """The energy of a mood, 0..1."""
    return min(1.0, LEAST + AROUSED * mood.arousal + TENSED * mood.tension)


def grid(
    ats: Sequence[float], seconds: float, bar_beats: float, bpm_range: tuple[float, float], wished_bpm: float
) -> tuple[int, ...]:
    """The bar lines at which scenes begin, the last bar line at the end: nearest to the seconds of the beats.

    ats: seconds of the beats, rising, from 0. Raises ComposeError when two beats would share a bar line.
    """
    per_bpm = seconds / 60.0 / bar_beats
    first, last = math.ceil(bpm_range[0] * per_bpm - 1e-9), math.floor(bpm_range[1] * per_bpm + 1e-9)
    totals = range(max(1, first), last + 1) if last >= max(1, first) else [max(1, round(wished_bpm * per_bpm))]
    best: tuple[float, tuple[int, ...]] | None = None
    for total in totals:
        exact = [at * total / seconds for at in ats]
        bars = (*(round(place) for place in exact), total)
        if any(a >= b for a, b in pairwise(bars)):
            continue
        off = sum((2 * (place - bar)) ** 2 for place, bar in zip(exact, bars, strict=False)) / len(exact)
        cost = OFF_WEIGHT * off + TEMPO_WEIGHT * abs(math.log(total / per_bpm / wished_bpm)) + (total % 2) * 0.05
        if best is None or cost < best[0]:
            best = (cost, bars)
    if best is None:
        close = min(zip(ats, [*ats[1:], seconds], strict=True), key=lambda pair: pair[1] - pair[0])
        raise ComposeError(
            f"beats at {close[0]:g} s and {close[1]:g} s are less than a bar apart at this tempo; leave one out,"
            " move it, or ask for a faster tempo"
        )
    return best[1]


def scenes_of(brief: Brief, start: Mood, bars: Sequence[int], rows: Mapping[str, Feeling]) -> list[Scene]:
    """The scenes between the beats. start: the mood before the first feeling. Raises UsageError for unknown ones."""
    out: list[Scene] = []
    mood = start
    for index, beat in enumerate(brief.beats):
        mood = beat_mood(beat, mood, rows)
        energy = energy_of(mood) if beat.intensity is None else beat.intensity
        energy = min(1.0, max(0.0, energy + (EVENTS[beat.event][1] if beat.event else 0.0)))
        out.append(Scene(beat, mood, energy, energy, bars[index + 1] - bars[index]))
    return out


def opened(brief: Brief) -> Brief:
    """The brief with a beat at 0, which has the feeling of the cue, where it has none."""
    if brief.beats[0].at == 0:
        return brief
    return replace(brief, beats=(Beat(0.0, brief.feel), *brief.beats))


def chunks(bars: int) -> list[int]:
    """The bars of a scene in phrases of eight, the odd ones in the last two."""
    out = []
    while bars > PHRASE + 4:
        out.append(PHRASE)
        bars -= PHRASE
    return [*out, bars] if bars <= LONGEST else [*out, bars - 4, 4]


def _treatment(scene: Scene, number: int, said: bool, rising: bool) -> str:
    """What the lead does in the phrase `number` of a scene. said: whether the theme has been heard whole."""
    if scene.beat.event == "silence" and number == 0:
        return "break"
    if scene.intensity < HINTED:
        return "fragments" if number % 2 == 0 else "statement"
    if scene.intensity >= CROWNED:
        return "chorus" if number % 2 == 0 else "restatement"
    if scene.mood.tension >= STRAINED and rising:
        return "build"
    if not said:
        return "statement"
    return ("restatement", "contrast")[number % 2]


def _prepared(scene: Scene, after: Scene | None) -> str:
    """The treatment of the bar before the next scene: break, build or none (empty)."""
    if after is None or scene.bars < 3 or after.beat.event == "silence" or scene.beat.event == "silence":
        return ""
    asked = EVENTS[after.beat.event][0] if after.beat.event else ""
    leap = after.energy - scene.energy
    if abs(leap) < PIVOT:
        return asked
    return asked or ("build" if leap > 0 and after.mood.tension < STRAINED else "break")


def story_of(
    brief: Brief,
    seconds: float,
    bar_beats: float,
    bpm_range: tuple[float, float],
    wished_bpm: float,
    start: Mood,
    rows: Mapping[str, Feeling],
) -> Story:
    """The form the beats of a brief make. start: the mood of the cue itself, which holds until a beat feels otherwise.

    Raises ComposeError when beats lie too near to one another or beyond the end, UsageError for unknown feelings.
    """
    late = next((beat for beat in brief.beats if beat.at >= seconds), None)
    if late is not None:
        raise ComposeError(f"a beat at {late.at:g} s lies beyond the end of the cue at {seconds:g} s")
    lines = grid([beat.at for beat in brief.beats], seconds, bar_beats, bpm_range, wished_bpm)
    scenes = scenes_of(brief, start, lines, rows)
    sections: list[tuple[SectionRow, int, tuple[str, ...], Mood]] = []
    who, said, side = brief.themes[:1], set[str](), "main"
    for index, scene in enumerate(scenes):
        after = scenes[index + 1] if index + 1 < len(scenes) else None
        before = scenes[index - 1] if index else None
        who = scene.beat.who or who
        if before is not None and abs(before.mood.valence - scene.mood.valence) >= SAME_LIGHT:
            side = "contrast" if side == "main" else "main"
        made = _rows(scene, index, before, after, who, said, side)
        sections += [(row, index, who, mood) for row, mood in made]
    if sections[-1][0].treatment != "break":
        sections[-1] = (_closing(sections[-1][0]), *sections[-1][1:])
    return Story(
        rows=tuple(row for row, _, _, _ in sections),
        bars=tuple(row.bars for row, _, _, _ in sections),
        scenes=tuple(scene for _, scene, _, _ in sections),
        themes=tuple(names for _, _, names, _ in sections),
        moods=tuple(mood for _, _, _, mood in sections),
        beats=brief.beats,
        starts=lines[:-1],
    )


def _rows(
    scene: Scene,
    index: int,
    before: Scene | None,
    after: Scene | None,
    who: tuple[str, ...],
    said: set[str],
    side: str,
) -> list[tuple[SectionRow, Mood]]:
    """The sections of one scene; `said`, the themes heard whole so far, is added to."""
    letter = chr(ord("A") + index) if index < 26 else f"S{index}"
    prepared = _prepared(scene, after)
    music = scene.bars - 1 if prepared else scene.bars
    sizes = chunks(music)
    if scene.beat.event == "silence" and music > 2:
        sizes = [1, *chunks(music - 1)]
    elif index == 0 and sizes[0] >= PHRASE and scene.intensity >= HINTED:
        sizes = [2, sizes[0] - 2, *sizes[1:]]
    out: list[tuple[SectionRow, Mood]] = []
    rising = after is not None and after.energy > scene.energy
    number = 0
    for place, bars in enumerate(sizes):
        intro = index == 0 and place == 0 and len(sizes) > 1 and bars == 2
        theme = who[0] if who else ""
        treatment = "intro" if intro else _treatment(scene, number, theme in said, rising)
        if treatment in ("statement", "chorus", "restatement"):
            said.add(theme)
        number += not intro
        broken = treatment == "break"
        harmony = "break" if broken else "pedal" if scene.mood.tension >= STRAINED and treatment != "chorus" else side
        name = letter + (str(place + 1) if len(sizes) > 1 else "")
        out.append((SectionRow(name=name, bars=bars, energy=0.0 if broken else _swell(scene, place, len(sizes), rising),
                               treatment=treatment, harmony=harmony), scene.mood))  # type: ignore[arg-type]  # fmt: skip
    if prepared and after is not None:
        empty = prepared == "break"
        row = SectionRow(name=f"{letter} turn", bars=1, energy=0.0 if empty else (scene.energy + after.energy) / 2,
                         treatment=prepared, harmony="break" if empty else "pedal")  # fmt: skip
        out.append((row, between(scene.mood, after.mood, 0.5)))
    return out


def _swell(scene: Scene, place: int, count: int, rising: bool) -> float:
    """The energy of a phrase: the first is the scene's own, later ones grow where the next scene is fuller."""
    grown = 0.08 * place / max(1, count - 1) if rising else 0.0
    return min(1.0, scene.energy + grown)


def _closing(row: SectionRow) -> SectionRow:
    """The last section, which closes: as a coda where it is short and nothing is crowned there."""
    if row.treatment == "chorus" or row.bars > 4:
        return replace(row, harmony="close")
    return replace(row, harmony="close", treatment="coda")


def keys_of(story: Story, home: Key, draw: Stream) -> tuple[Key, ...]:
    """A key for every section: changed with the light of the scene, and found again where the light comes back."""
    out: list[Key] = []
    known: list[tuple[float, Key]] = []  # valence → its key, in order
    for index, scene in enumerate(story.scenes):
        first = index == 0 or scene != story.scenes[index - 1]
        if not first:
            out.append(out[-1])
            continue
        mood = story.moods[index]
        same = [key for valence, key in known if abs(valence - mood.valence) < SAME_LIGHT]
        if not known or same:
            key = same[-1] if same else home
        else:
            valence, last = known[-1]
            key = key_at(last, mood._replace(valence=valence), mood, draw.child(scene))
        known.append((mood.valence, key))
        out.append(key)
    return tuple(out)


def told(
    sections: Sequence[SectionPlan], story: Story, home: Key, own: Mood, meeting: Meeting | None, draw: Stream
) -> list[SectionPlan]:
    """The sections of a story with their keys, moods and meetings. own: the place of the cue type."""
    out: list[SectionPlan] = []
    for section, key, mood, names, feel in zip(
        sections, keys_of(story, home, draw), story.moods, story.themes, story.feels, strict=True
    ):
        placed_there = replace(placed(section, mood, own), key=key, feel=feel)
        if len(names) > 1 and section.treatment in MEETS and section.bars >= MEETING_BARS:
            placed_there = replace(placed_there, against=names[1], meeting=_meeting(meeting))
        out.append(placed_there)
    return out


def _meeting(asked: Meeting | None) -> Meeting:
    return "dialogue" if asked in (None, "succession") else asked


def melody_of(story: Story, cue: CueType) -> str:
    """How much is sung: as the cue type has it, or in full where a beat asks for a crowned theme."""
    crowned = any(row.treatment == "chorus" for row in story.rows)
    return "full" if crowned and cue.melody in ("fragments", "none") else cue.melody
