"""Beats of the picture → the form of a cue: scenes between the beats, cut into sections with mood, theme and key.

A beat falls on a bar line, which `plan.picture.spotting_sheet` finds together with the tempo; here the scenes between
the bar lines are cut into sections.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from cuesmith.chance import Stream
from cuesmith.music.meter import Meter
from cuesmith.music.scale import Key
from cuesmith.plan.form.section_lengths import Form, held_bar
from cuesmith.plan.model import SectionPlan
from cuesmith.plan.mood.mood_dials import key_at, placed
from cuesmith.plan.mood.mood_place import beat_mood, between
from cuesmith.plan.theme_forms import MEETING_BARS, key_in, lift_in
from cuesmith.specs.banks.cue_types import CueType, SectionRow
from cuesmith.specs.banks.feelings import Feeling
from cuesmith.specs.brief import Beat, Brief, Meeting, Mood, ThemeForm

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
# fmt: on


@dataclass(frozen=True, slots=True)
class Grid:
    """The bars of a story. lines: usual bars before each scene, and in all.

    odd: the bars put in, by how many usual ones stand before them. cuts: where else a section should begin; firm: those
    of them where one does even a bar from where its scene begins or ends.
    """

    lines: tuple[int, ...]
    odd: Mapping[int, Meter] = field(default_factory=dict)
    cuts: Collection[int] = ()
    firm: Collection[int] = ()


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
    odd: tuple[Meter | None, ...]  # for each row the meter of a bar put in; None: that of the cue

    @property
    def leading(self) -> tuple[str | None, ...]:
        """The theme of each row, if any."""
        return tuple(names[0] if names else None for names in self.themes)

    def form(self, meter: Meter, bpm: float) -> Form:
        """As a form in a meter, at a tempo."""
        return Form(self.rows, self.bars, bpm, tuple(odd or meter for odd in self.odd))

    @property
    def feels(self) -> tuple[str, ...]:
        """What each row is meant to feel like, by name."""
        return tuple(self.beats[scene].feel for scene in self.scenes)


def energy_of(mood: Mood) -> float:
    """The energy of a mood, 0..1."""
    return min(1.0, LEAST + AROUSED * mood.arousal + TENSED * mood.tension)


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
    """The brief with a beat at 0, which has the feeling of the cue, where it has none; who stays away is not named."""
    beats = tuple(replace(beat, who=tuple(n for n in beat.who if n in brief.themes)) for beat in brief.beats)
    return replace(brief, beats=beats if beats[0].at == 0 else (Beat(0.0, brief.feel), *beats))


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


def story_of(brief: Brief, grid: Grid, start: Mood, rows: Mapping[str, Feeling]) -> Story:
    """The form the beats of a brief make on a grid. start: the mood of the cue itself, which holds until a beat feels
    otherwise. Raises UsageError for unknown feelings.
    """
    scenes = scenes_of(brief, start, grid.lines, rows)
    sections: list[tuple[_Row, int, tuple[str, ...]]] = []
    who, said, side = brief.themes[:1], set[str](), "main"
    for index, scene in enumerate(scenes):
        after = scenes[index + 1] if index + 1 < len(scenes) else None
        before = scenes[index - 1] if index else None
        who = scene.beat.who or who
        if before is not None and abs(before.mood.valence - scene.mood.valence) >= SAME_LIGHT:
            side = "contrast" if side == "main" else "main"
        made = _rows(scene, index, after, who, said, side, grid)
        sections += [(row, index, who) for row in made]
    last = sections[-1][0]
    if last.row.treatment != "break":
        sections[-1] = (last._replace(row=_closing(last.row)), *sections[-1][1:])
    if grid.lines[-1] in grid.odd:
        held = _Row(held_bar(last.row), last.mood, grid.odd[grid.lines[-1]])
        sections.append((held, *sections[-1][1:]))
    return Story(
        rows=tuple(made.row for made, _, _ in sections),
        bars=tuple(made.row.bars for made, _, _ in sections),
        scenes=tuple(scene for _, scene, _ in sections),
        themes=tuple(names for _, _, names in sections),
        moods=tuple(made.mood for made, _, _ in sections),
        beats=brief.beats,
        odd=tuple(made.odd for made, _, _ in sections),
    )


class _Row(NamedTuple):
    """A section in the making. odd: the meter of a bar put in."""

    row: SectionRow
    mood: Mood
    odd: Meter | None = None


def _sizes(scene: Scene, index: int, music: int, cuts: Sequence[int]) -> list[int]:
    """The bars of the sections of a scene. music: bars to be filled; cuts: bars after which one must end."""
    out: list[int] = []
    for start, end in zip((0, *cuts), (*cuts, music), strict=True):
        bars = end - start
        if start == 0 and scene.beat.event == "silence" and bars > 2:
            out += [1, *chunks(bars - 1)]
        elif start == 0 and index == 0 and chunks(bars)[0] >= PHRASE and scene.intensity >= HINTED:
            out += [2, *chunks(bars)]
            out[1] -= 2
        else:
            out += chunks(bars)
    return out


def _rows(
    scene: Scene, index: int, after: Scene | None, who: tuple[str, ...], said: set[str], side: str, grid: Grid
) -> Iterator[_Row]:
    """The sections of one scene; `said`, the themes heard whole so far, is added to."""
    letter = chr(ord("A") + index) if index < 26 else f"S{index}"
    first, last = grid.lines[index], grid.lines[index + 1]
    inside = {bar - first: meter for bar, meter in grid.odd.items() if first < bar < last or bar == index == 0}
    prepared, turned = _prepared(scene, after), grid.odd.get(last) if after is not None else None
    if any(bar > scene.bars - 2 for bar in inside) and turned is None:
        prepared = ""
    music = scene.bars - 1 if prepared and turned is None else scene.bars
    wanted = {bar - first for bar in grid.cuts if (1 if bar in grid.firm else 2) <= bar - first}
    wanted = {bar for bar in wanted if bar <= music - (1 if bar + first in grid.firm else 2)}
    sizes = _sizes(scene, index, music, sorted({*wanted, *inside} - {0}))
    rising = after is not None and after.energy > scene.energy
    theme = who[0] if who else ""
    number = at = 0
    for place, bars in enumerate(sizes):
        if at in inside:
            link = SectionRow(name="link", bars=1, energy=scene.energy, treatment="none", harmony="link")
            yield _Row(link, scene.mood, inside[at])
        intro = index == 0 and place == 0 and len(sizes) > 1 and bars == 2
        treatment = "intro" if intro else _treatment(scene, number, theme in said, rising)
        stub = bars == 1 and len(sizes) > 1 and treatment != "break"
        treatment = "fragments" if stub else treatment  # a bar is too short for more
        if treatment in ("statement", "chorus", "restatement"):
            said.add(theme)
        number += not (intro or stub)
        at += bars
        broken = treatment == "break"
        harmony = "break" if broken else "pedal" if scene.mood.tension >= STRAINED and treatment != "chorus" else side
        name = letter + (str(place + 1) if len(sizes) > 1 else "")
        yield _Row(SectionRow(name=name, bars=bars, energy=0.0 if broken else _swell(scene, place, len(sizes), rising),
                              treatment=treatment, harmony=harmony), scene.mood)  # type: ignore[arg-type]  # fmt: skip
    if after is not None and (prepared or turned):
        empty = prepared == "break"
        energy = 0.0 if empty else (scene.energy + after.energy) / 2 if prepared else scene.energy
        row = SectionRow(name=f"{letter} turn" if prepared else "link", bars=1, energy=energy,
                         treatment=prepared or "none",
                         harmony="break" if empty else "pedal" if prepared else "link")  # fmt: skip
        yield _Row(row, between(scene.mood, after.mood, 0.5), turned)


def _swell(scene: Scene, place: int, count: int, rising: bool) -> float:
    """The energy of a phrase: the first is the scene's own, later ones grow where the next scene is fuller."""
    grown = 0.08 * place / max(1, count - 1) if rising else 0.0
    return min(1.0, scene.energy + grown)


def _closing(row: SectionRow) -> SectionRow:
    """The last section, which closes: as a coda where it is short and nothing is crowned there."""
    if row.treatment == "chorus" or row.bars > 4:
        return replace(row, harmony="close")
    return replace(row, harmony="close", treatment="coda")


def keys_of(story: Story, home: Key, theme_forms: Sequence[Sequence[ThemeForm]], draw: Stream) -> tuple[Key, ...]:
    """A key for every section: changed with the light of the scene, and found again where the light comes back.

    theme_forms: of every scene; a recipe may want another mode, or its theme higher. A lift of the form comes on top.
    """
    lights = _lights(story, home, draw)
    return tuple(
        key_in(theme_forms[scene], key).transposed(lift_in(theme_forms[scene]) + row.lift)
        for key, scene, row in zip(lights, story.scenes, story.rows, strict=True)
    )


def _lights(story: Story, home: Key, draw: Stream) -> tuple[Key, ...]:
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
    sections: Sequence[SectionPlan], story: Story, home: Key, own: Mood, meeting: Meeting | None,
    theme_forms: Sequence[tuple[ThemeForm, ...]], draw: Stream,
) -> list[SectionPlan]:  # fmt: skip
    """The sections of a story with their keys, moods, theme forms and meetings. own: the place of the cue type."""
    out: list[SectionPlan] = []
    for section, key, mood, names, feel, scene in zip(
        sections,
        keys_of(story, home, theme_forms, draw),
        story.moods,
        story.themes,
        story.feels,
        story.scenes,
        strict=True,
    ):
        placed_there = replace(placed(section, mood, own), key=key, feel=feel, theme_forms=theme_forms[scene])
        if len(names) > 1 and section.treatment_row.whole and section.bars >= MEETING_BARS:
            placed_there = replace(placed_there, against=names[1], meeting=_meeting(meeting))
        out.append(placed_there)
    return out


def _meeting(asked: Meeting | None) -> Meeting:
    return "dialogue" if asked in (None, "succession") else asked


def melody_of(story: Story, cue: CueType) -> str:
    """How much is sung: as the cue type has it, or in full where a beat asks for a crowned theme."""
    crowned = any(row.treatment == "chorus" for row in story.rows)
    return "full" if crowned and cue.melody in ("fragments", "none") else cue.melody
