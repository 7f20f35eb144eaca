"""Scenes: turn the beats of a story into the form of a cue, with mood, theme and key for each section.

A beat falls on a bar line, which `spotting_sheet` finds together with the tempo. Here the music between two beats, a
scene, is divided into sections.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from cuesmith.chance import Stream
from cuesmith.music.meter import Meter
from cuesmith.music.scale import Key
from cuesmith.plan.form.section_lengths import Form, last_bar_row
from cuesmith.plan.model import SectionPlan
from cuesmith.plan.mood.mood_dials import key_at, with_mood
from cuesmith.plan.mood.mood_place import beat_mood, interpolate
from cuesmith.plan.theme_forms import MEETING_BARS, key_in, lift_in
from cuesmith.specs.banks.cue_types import CueType, SectionRow
from cuesmith.specs.banks.feelings import Feeling
from cuesmith.specs.brief import Beat, Brief, Meeting, Mood, ThemeForm

# event: (treatment of the bar before it: "break" is silent, "build" grows; what it adds to the energy after it)
# fmt: off
EVENTS = {
    "reveal":    ("break",  0.15),
    "impact":    ("build",  0.20),
    "entrance":  ("build",  0.10),
    "turn":      ("",       0.00),
    "departure": ("",      -0.15),
    "silence":   ("",       0.00),  # the beat itself is silence
}

AROUSED, TENSED, LEAST = 0.78, 0.10, 0.10  # energy per unit of arousal, per unit of tension, and at least
HINTED, CROWNED        = 0.30, 0.80        # below: only fragments of a theme; from there on: the theme as a chorus
TENSE               = 0.72              # tension from which a scene has a pedal point
LEAP                  = 0.33              # change of energy that is prepared by a bar of its own
PHRASE, LONGEST        = 8, 9              # usual bars of a section, and the most it may have
SAME_VALENCE             = 0.15              # moods closer than this in valence share a key
# fmt: on


@dataclass(frozen=True, slots=True)
class Grid:
    """The bars of a story.

    lines: for each scene the usual bars before it, and the total last.
    odd: meters of inserted bars, by the number of usual bars before them.
    cuts: where else a section should begin, in usual bars. firm: those cuts that hold even one bar from the edge of a
        scene.
    """

    lines: tuple[int, ...]
    odd: Mapping[int, Meter] = field(default_factory=dict)
    cuts: Collection[int] = ()
    firm: Collection[int] = ()


class Scene(NamedTuple):
    """The music from one beat to the next. energy: of its sections. intensity: decides how the theme is treated."""

    beat: Beat
    mood: Mood
    energy: float
    intensity: float
    bars: int


@dataclass(frozen=True, slots=True)
class Story:
    """A form made from beats: rows and bars as in `Form`, and for each row its scene (index), themes and mood."""

    rows: tuple[SectionRow, ...]
    bars: tuple[int, ...]
    scenes: tuple[int, ...]
    themes: tuple[tuple[str, ...], ...]
    moods: tuple[Mood, ...]
    beats: tuple[Beat, ...]
    odd: tuple[Meter | None, ...]  # for each row the meter of an inserted bar; None: the meter of the cue

    @property
    def leading(self) -> tuple[str | None, ...]:
        """The main theme of each row, or None."""
        return tuple(names[0] if names else None for names in self.themes)

    def form(self, meter: Meter, bpm: float) -> Form:
        """Return the story as a `Form` in a meter, at a tempo in quarter notes per minute."""
        return Form(self.rows, self.bars, bpm, tuple(odd or meter for odd in self.odd))

    @property
    def feels(self) -> tuple[str, ...]:
        """The name of the feeling of each row."""
        return tuple(self.beats[scene].feel for scene in self.scenes)


def energy_of(mood: Mood) -> float:
    """Return the energy of a mood, 0..1."""
    return min(1.0, LEAST + AROUSED * mood.arousal + TENSED * mood.tension)


def scenes_of(brief: Brief, start: Mood, bars: Sequence[int], rows: Mapping[str, Feeling]) -> list[Scene]:
    """Return the scenes between the beats. start: the mood before the first feeling.

    Raises UsageError for an unknown feeling.
    """
    out: list[Scene] = []
    mood = start
    for index, beat in enumerate(brief.beats):
        mood = beat_mood(beat, mood, rows)
        energy = energy_of(mood) if beat.intensity is None else beat.intensity
        energy = min(1.0, max(0.0, energy + (EVENTS[beat.event][1] if beat.event else 0.0)))
        out.append(Scene(beat, mood, energy, energy, bars[index + 1] - bars[index]))
    return out


def with_opening_beat(brief: Brief) -> Brief:
    """Add a beat at 0 when there is none, with the feeling of the cue; drop themes that the brief does not have."""
    beats = tuple(replace(beat, who=tuple(n for n in beat.who if n in brief.themes)) for beat in brief.beats)
    return replace(brief, beats=beats if beats[0].at == 0 else (Beat(0.0, brief.feel), *beats))


def chunks(bars: int) -> list[int]:
    """Divide the bars of a scene into phrases of eight; the last one or two take the remainder."""
    out = []
    while bars > PHRASE + 4:
        out.append(PHRASE)
        bars -= PHRASE
    return [*out, bars] if bars <= LONGEST else [*out, bars - 4, 4]


def _treatment(scene: Scene, number: int, stated: bool, rising: bool) -> str:
    """Choose what the lead does in phrase `number` of a scene.

    stated: the theme has been stated in full. rising: the next scene has more energy.
    """
    if scene.beat.event == "silence" and number == 0:
        return "break"
    if scene.intensity < HINTED:
        return "fragments" if number % 2 == 0 else "statement"
    if scene.intensity >= CROWNED:
        return "chorus" if number % 2 == 0 else "restatement"
    if scene.mood.tension >= TENSE and rising:
        return "build"
    if not stated:
        return "statement"
    return ("restatement", "contrast")[number % 2]


def _preparation(scene: Scene, after: Scene | None) -> str:
    """Return the treatment of the bar before the next scene: `break`, `build`, or "" for none."""
    if after is None or scene.bars < 3 or after.beat.event == "silence" or scene.beat.event == "silence":
        return ""
    asked = EVENTS[after.beat.event][0] if after.beat.event else ""
    leap = after.energy - scene.energy
    if abs(leap) < LEAP:
        return asked
    return asked or ("build" if leap > 0 and after.mood.tension < TENSE else "break")


def story_of(brief: Brief, grid: Grid, start: Mood, rows: Mapping[str, Feeling]) -> Story:
    """Build the form that the beats of a brief make on a grid.

    start: the mood of the cue, which holds until a beat names a feeling. Raises UsageError for an unknown feeling.
    """
    scenes = scenes_of(brief, start, grid.lines, rows)
    sections: list[tuple[_Row, int, tuple[str, ...]]] = []
    who, stated, side = brief.themes[:1], set[str](), "main"
    for index, scene in enumerate(scenes):
        after = scenes[index + 1] if index + 1 < len(scenes) else None
        before = scenes[index - 1] if index else None
        who = scene.beat.who or who
        if before is not None and abs(before.mood.valence - scene.mood.valence) >= SAME_VALENCE:
            side = "contrast" if side == "main" else "main"
        made = _rows(scene, index, after, who, stated, side, grid)
        sections += [(row, index, who) for row in made]
    last = sections[-1][0]
    if last.row.treatment != "break":
        sections[-1] = (last._replace(row=_closing(last.row)), *sections[-1][1:])
    if grid.lines[-1] in grid.odd:
        held = _Row(last_bar_row(last.row), last.mood, grid.odd[grid.lines[-1]])
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
    """A section in progress. odd: the meter of an inserted bar."""

    row: SectionRow
    mood: Mood
    odd: Meter | None = None


def _section_bars(scene: Scene, index: int, music: int, cuts: Sequence[int]) -> list[int]:
    """Divide a scene into sections. music: bars to divide. cuts: bars after which a section must end."""
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
    scene: Scene, index: int, after: Scene | None, who: tuple[str, ...], stated: set[str], side: str, grid: Grid
) -> Iterator[_Row]:
    """Yield the sections of one scene; the themes it states in full are added to `stated`."""
    letter = chr(ord("A") + index) if index < 26 else f"S{index}"
    first, last = grid.lines[index], grid.lines[index + 1]
    inside = {bar - first: meter for bar, meter in grid.odd.items() if first < bar < last or bar == index == 0}
    prepared, odd_end = _preparation(scene, after), grid.odd.get(last) if after is not None else None
    if any(bar > scene.bars - 2 for bar in inside) and odd_end is None:
        prepared = ""
    music = scene.bars - 1 if prepared and odd_end is None else scene.bars
    cuts = {bar - first for bar in grid.cuts if (1 if bar in grid.firm else 2) <= bar - first}
    cuts = {bar for bar in cuts if bar <= music - (1 if bar + first in grid.firm else 2)}
    sizes = _section_bars(scene, index, music, sorted({*cuts, *inside} - {0}))
    rising = after is not None and after.energy > scene.energy
    theme = who[0] if who else ""
    number = at = 0
    for place, bars in enumerate(sizes):
        if at in inside:
            link = SectionRow(name="link", bars=1, energy=scene.energy, treatment="none", harmony="link")
            yield _Row(link, scene.mood, inside[at])
        intro = index == 0 and place == 0 and len(sizes) > 1 and bars == 2
        treatment = "intro" if intro else _treatment(scene, number, theme in stated, rising)
        stub = bars == 1 and len(sizes) > 1 and treatment != "break"
        treatment = "fragments" if stub else treatment  # one bar is too short for a statement
        if treatment in ("statement", "chorus", "restatement"):
            stated.add(theme)
        number += not (intro or stub)
        at += bars
        is_break = treatment == "break"
        harmony = "break" if is_break else "pedal" if scene.mood.tension >= TENSE and treatment != "chorus" else side
        name = letter + (str(place + 1) if len(sizes) > 1 else "")
        energy = 0.0 if is_break else _swell(scene, place, len(sizes), rising)
        # mypy does not see that harmony is always one of the literals of SectionRow
        row = SectionRow(name=name, bars=bars, energy=energy, treatment=treatment, harmony=harmony)  # type: ignore[arg-type]
        yield _Row(row, scene.mood)
    if after is not None and (prepared or odd_end):
        empty = prepared == "break"
        energy = 0.0 if empty else (scene.energy + after.energy) / 2 if prepared else scene.energy
        row = SectionRow(name=f"{letter} turn" if prepared else "link", bars=1, energy=energy,
                         treatment=prepared or "none",
                         harmony="break" if empty else "pedal" if prepared else "link")  # fmt: skip
        yield _Row(row, interpolate(scene.mood, after.mood, 0.5), odd_end)


def _swell(scene: Scene, place: int, count: int, rising: bool) -> float:
    """Return the energy of a phrase: later phrases of a scene grow when the next scene has more energy."""
    grown = 0.08 * place / max(1, count - 1) if rising else 0.0
    return min(1.0, scene.energy + grown)


def _closing(row: SectionRow) -> SectionRow:
    """Make the last section close the cue; a short one without a chorus becomes a coda."""
    if row.treatment == "chorus" or row.bars > 4:
        return replace(row, harmony="close")
    return replace(row, harmony="close", treatment="coda")


def keys_of(story: Story, home: Key, theme_forms: Sequence[Sequence[ThemeForm]], draw: Stream) -> tuple[Key, ...]:
    """Choose a key for every section: it changes with the valence of the scene, and returns when that valence returns.

    theme_forms: of every scene; a recipe may ask for another mode or transpose. The row's own `lift` is added.
    """
    scene_keys = _scene_keys(story, home, draw)
    return tuple(
        key_in(theme_forms[scene], key).transposed(lift_in(theme_forms[scene]) + row.lift)
        for key, scene, row in zip(scene_keys, story.scenes, story.rows, strict=True)
    )


def _scene_keys(story: Story, home: Key, draw: Stream) -> tuple[Key, ...]:
    """Return the key of each section by the valence of its scene; valences closer than SAME_VALENCE share a key."""
    out: list[Key] = []
    known: list[tuple[float, Key]] = []  # valence → its key, in order
    for index, scene in enumerate(story.scenes):
        first = index == 0 or scene != story.scenes[index - 1]
        if not first:
            out.append(out[-1])
            continue
        mood = story.moods[index]
        same = [key for valence, key in known if abs(valence - mood.valence) < SAME_VALENCE]
        if not known or same:
            key = same[-1] if same else home
        else:
            valence, last = known[-1]
            key = key_at(last, mood._replace(valence=valence), mood, draw.child(scene))
        known.append((mood.valence, key))
        out.append(key)
    return tuple(out)


def story_sections(
    sections: Sequence[SectionPlan], story: Story, home: Key, type_mood: Mood, meeting: Meeting | None,
    theme_forms: Sequence[tuple[ThemeForm, ...]], draw: Stream,
) -> list[SectionPlan]:  # fmt: skip
    """Give the sections of a story their keys, moods, theme forms and meetings. type_mood: of the cue type."""
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
        done = replace(with_mood(section, mood, type_mood), key=key, feel=feel, theme_forms=theme_forms[scene])
        if len(names) > 1 and section.treatment_row.whole and section.bars >= MEETING_BARS:
            done = replace(done, against=names[1], meeting=_meeting(meeting))
        out.append(done)
    return out


def _meeting(asked: Meeting | None) -> Meeting:
    """Return how two themes meet in a story: as asked, but never in succession."""
    return "dialogue" if asked in (None, "succession") else asked


def story_melody(story: Story, cue: CueType) -> str:
    """Return how much melody the cue has: as its type says, or in full when a theme comes as a chorus."""
    crowned = any(row.treatment == "chorus" for row in story.rows)
    return "full" if crowned and cue.melody in ("fragments", "none") else cue.melody
