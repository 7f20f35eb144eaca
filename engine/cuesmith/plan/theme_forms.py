"""How the themes of a cue come: the recipe asked for, or one that suits its type; and where two of them meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cuesmith.chance import Stream
from cuesmith.errors import UsageError, did_you_mean
from cuesmith.motif.model import Theme
from cuesmith.motif.ops import parse_op
from cuesmith.music.meter import Meter, parse_meter
from cuesmith.music.scale import Key
from cuesmith.specs.banks.cue_types import CueType, SectionRow
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.banks.themes import PLAIN, Recipe
from cuesmith.specs.banks.treatments import Treatments
from cuesmith.specs.brief import Beat, Brief, Meeting, ThemeForm
from cuesmith.specs.style import CueRules, Style
from cuesmith.themes.recipe import apply_recipe, is_kept, mode_for

TRIES = 3  # recipes drawn for a theme until one keeps it recognisable; then it comes plain
MEETING_BARS = 4  # a section shorter than this has no room for two themes


def resolve_theme_forms(
    brief: Brief, style: Style, themes: Mapping[str, Theme], banks: Banks, draw: Stream, felt: str | None = None
) -> tuple[ThemeForm, ...]:
    """A form with its recipe for every theme of the brief. Raises UsageError for a recipe nobody knows.

    felt: the recipe of the feeling the cue is asked for, which goes before the usual ones of its type.
    """
    known: dict[str, Recipe] = {**banks.recipes, **style.recipes, **dict(brief.recipes)}
    asked = {theme_form.theme: theme_form for theme_form in brief.theme_forms}
    rules = style.cues.get(brief.type, CueRules())
    usual = banks.cue_types[brief.type].recipes if rules.recipes is None else rules.recipes
    usual = usual if felt is None else {felt: 1.0}
    out = []
    for name in brief.themes:
        theme_form = asked.get(name, ThemeForm(name))
        row: Recipe | None
        if theme_form.recipe and theme_form.recipe != PLAIN:
            if theme_form.recipe not in known:
                raise UsageError(f"unknown recipe '{theme_form.recipe}'{did_you_mean(theme_form.recipe, known)}")
            row = known[theme_form.recipe]
        else:
            recipe = theme_form.recipe or _usual(usual, known, themes[name], draw.child(name))
            theme_form, row = replace(theme_form, recipe=recipe), known.get(recipe)
        out.append(replace(theme_form, row=row))
    return tuple(out)


def theme_forms_from(
    beats: Sequence[Beat],
    feels: Sequence[str | None],
    brief: Brief,
    usual: Sequence[ThemeForm],
    style: Style,
    themes: Mapping[str, Theme],
    banks: Banks,
) -> list[tuple[ThemeForm, ...]]:
    """For each beat how the themes come from it on. usual: in the cue; feels: the recipe of each beat's feeling.

    What a beat asks for goes before what the cue asks for, that before its feeling; a feeling's recipe under which a
    theme would not be known leaves it as it is. Raises UsageError for a recipe nobody knows.
    """
    known: dict[str, Recipe] = {**banks.recipes, **style.recipes, **dict(brief.recipes)}
    kept = {theme_form.theme for theme_form in brief.theme_forms if theme_form.recipe}
    out: list[tuple[ThemeForm, ...]] = []
    now = tuple(usual)
    for beat, felt in zip(beats, feels, strict=True):
        if beat.recipe and beat.recipe != PLAIN and beat.recipe not in known:
            raise UsageError(f"unknown recipe '{beat.recipe}'{did_you_mean(beat.recipe, known)}")
        if beat.recipe:
            row = known.get(beat.recipe)
            now = tuple(replace(theme_form, recipe=beat.recipe, row=row) for theme_form in now)
        elif beat.feel:
            now = tuple(
                form if felt is None or form.theme in kept or not _known_in(themes[form.theme], known.get(felt))
                else replace(form, recipe=felt, row=known.get(felt))
                for form in usual
            )  # fmt: skip
        out.append(now)
    return out


def _known_in(theme: Theme, row: Recipe | None) -> bool:
    """Whether a theme is still known under a recipe."""
    return row is None or is_kept(row, apply_recipe(theme.motif, row, theme.key, theme.scale).line)


def _usual(weights: Mapping[str, float], known: Mapping[str, Recipe], theme: Theme, draw: Stream) -> str:
    """A recipe by its weight under which the theme is still known, or PLAIN."""
    for attempt in range(TRIES if weights else 0):
        name = draw.child(attempt).weighted(weights)
        if name not in known or is_kept(
            known[name], apply_recipe(theme.motif, known[name], theme.key, theme.scale).line
        ):
            return name
    return PLAIN


def key_in(theme_forms: Sequence[ThemeForm], key: Key) -> Key:
    """The home key in the mode the recipe of the first theme asks for."""
    row = theme_forms[0].row if theme_forms else None
    return key if row is None else key.with_mode(mode_for(row, key))


def meter_in(theme_forms: Sequence[ThemeForm]) -> Meter | None:
    """The meter a recipe puts the cue in."""
    argument = _argument(theme_forms, "meter")
    return parse_meter(argument) if argument else None


def lift_in(theme_forms: Sequence[ThemeForm]) -> int:
    """Semitones by which the second half of the cue rises because a recipe transposes the theme."""
    return int(_argument(theme_forms, "transpose") or 0)


def tempo_in(theme_forms: Sequence[ThemeForm]) -> float:
    """The factor a recipe puts on the tempo."""
    row = theme_forms[0].row if theme_forms else None
    return row.tempo if row else 1.0


def _argument(theme_forms: Sequence[ThemeForm], name: str) -> str:
    row = theme_forms[0].row if theme_forms else None
    ops = [parse_op(text) for text in row.ops] if row else []
    return next((op.argument for op in ops if op.name == name), "")


def lifted(rows: Sequence[SectionRow], semitones: int, treatments: Treatments) -> tuple[SectionRow, ...]:
    """The rows with the later half moved up, from the first returning section on."""
    if not semitones:
        return tuple(rows)
    found = [treatments[row.treatment] for row in rows]
    back = [i for i, row in enumerate(found) if row.theme in ("again", "crowned") or row.place == "end"]
    turn = next((i for i in back if i >= len(rows) / 2), len(rows) - 1 if len(rows) > 1 else 0)
    return tuple(replace(row, lift=row.lift + semitones) if i >= turn else row for i, row in enumerate(rows))


def where_they_meet(
    rows: Sequence[SectionRow], bars: Sequence[int], assigned: Sequence[str | None], brief: Brief, cue: CueType,
    treatments: Treatments,
) -> tuple[int | None, Meeting]:  # fmt: skip
    """The section in which the first two themes meet, and how; None when the form has no room for it.

    Counterpoint belongs to the height of the cue, dialogue before it; never where a theme is heard for the first time,
    unless the cue has a single section that could hold them.
    """
    meeting: Meeting = brief.meeting or cue.meeting
    if len(brief.themes) < 2 or meeting == "succession":
        return None, "succession"
    pair = brief.themes[:2]
    able = [
        i for i, row in enumerate(rows)
        if treatments[row.treatment].whole and bars[i] >= MEETING_BARS and assigned[i] in pair
    ]  # fmt: skip
    first = {assigned.index(name) for name in pair if name in assigned}
    later = [i for i in able if i not in first] or able[-1:]
    if not later:
        return None, "succession"
    if meeting == "counterpoint":
        return max(later, key=lambda i: (rows[i].energy, i)), meeting
    return later[0], meeting
