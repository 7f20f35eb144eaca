"""How the themes of a cue come back (their recipes), and where two of them meet."""

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

TRIES = 3  # recipes drawn for a theme until one keeps it recognisable; after that it comes plain
MEETING_BARS = 4  # a section with fewer bars has no room for two themes


def resolve_theme_forms(
    brief: Brief,
    style: Style,
    themes: Mapping[str, Theme],
    banks: Banks,
    draw: Stream,
    feeling_recipe: str | None = None,
) -> tuple[ThemeForm, ...]:
    """Choose a recipe for every theme of the brief.

    feeling_recipe: the recipe of the feeling that was asked for the cue; it replaces the usual recipes of the cue type.
    Raises UsageError for an unknown recipe.
    """
    known: dict[str, Recipe] = {**banks.recipes, **style.recipes, **dict(brief.recipes)}
    asked = {theme_form.theme: theme_form for theme_form in brief.theme_forms}
    rules = style.cues.get(brief.type, CueRules())
    usual = banks.cue_types[brief.type].recipes if rules.recipes is None else rules.recipes
    usual = usual if feeling_recipe is None else {feeling_recipe: 1.0}
    out = []
    for name in brief.themes:
        theme_form = asked.get(name, ThemeForm(name))
        row: Recipe | None
        if theme_form.recipe and theme_form.recipe != PLAIN:
            if theme_form.recipe not in known:
                raise UsageError(f"unknown recipe '{theme_form.recipe}'{did_you_mean(theme_form.recipe, known)}")
            row = known[theme_form.recipe]
        else:
            recipe = theme_form.recipe or _draw_recipe(usual, known, themes[name], draw.child(name))
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
    """Return, for each beat, how the themes come back from that beat on.

    feels: for each beat the recipe of its feeling, or None.
    usual: how the themes come back in the cue as a whole.
    A recipe named by a beat comes first, then one named by the cue, then the recipe of the beat's feeling. A feeling's
    recipe that would make a theme unrecognisable is not applied to it.
    Raises UsageError for an unknown recipe.
    """
    known: dict[str, Recipe] = {**banks.recipes, **style.recipes, **dict(brief.recipes)}
    fixed = {theme_form.theme for theme_form in brief.theme_forms if theme_form.recipe}
    out: list[tuple[ThemeForm, ...]] = []
    now = tuple(usual)
    for beat, recipe in zip(beats, feels, strict=True):
        if beat.recipe and beat.recipe != PLAIN and beat.recipe not in known:
            raise UsageError(f"unknown recipe '{beat.recipe}'{did_you_mean(beat.recipe, known)}")
        if beat.recipe:
            row = known.get(beat.recipe)
            now = tuple(replace(theme_form, recipe=beat.recipe, row=row) for theme_form in now)
        elif beat.feel:
            now = tuple(
                form if recipe is None or form.theme in fixed
                or not _is_recognisable(themes[form.theme], known.get(recipe))
                else replace(form, recipe=recipe, row=known.get(recipe))
                for form in usual
            )  # fmt: skip
        out.append(now)
    return out


def _is_recognisable(theme: Theme, row: Recipe | None) -> bool:
    """Tell whether a theme is still recognisable under a recipe."""
    return row is None or is_kept(row, apply_recipe(theme.motif, row, theme.key, theme.scale).line)


def _draw_recipe(weights: Mapping[str, float], known: Mapping[str, Recipe], theme: Theme, draw: Stream) -> str:
    """Draw a recipe by weight under which the theme is still recognisable; PLAIN when none is found."""
    for attempt in range(TRIES if weights else 0):
        name = draw.child(attempt).weighted(weights)
        if name not in known or is_kept(
            known[name], apply_recipe(theme.motif, known[name], theme.key, theme.scale).line
        ):
            return name
    return PLAIN


def key_in(theme_forms: Sequence[ThemeForm], key: Key) -> Key:
    """Return `key` in the mode that the recipe of the first theme asks for."""
    row = theme_forms[0].row if theme_forms else None
    return key if row is None else key.with_mode(mode_for(row, key))


def meter_in(theme_forms: Sequence[ThemeForm]) -> Meter | None:
    """Return the meter that the recipe of the first theme asks for, or None."""
    argument = _argument(theme_forms, "meter")
    return parse_meter(argument) if argument else None


def lift_in(theme_forms: Sequence[ThemeForm]) -> int:
    """Return the semitones by which the recipe of the first theme transposes it."""
    return int(_argument(theme_forms, "transpose") or 0)


def tempo_in(theme_forms: Sequence[ThemeForm]) -> float:
    """Return the tempo factor of the recipe of the first theme; 1 without one."""
    row = theme_forms[0].row if theme_forms else None
    return row.tempo if row else 1.0


def _argument(theme_forms: Sequence[ThemeForm], name: str) -> str:
    """Return the argument of the operation `name` in the recipe of the first theme, or ""."""
    row = theme_forms[0].row if theme_forms else None
    ops = [parse_op(text) for text in row.ops] if row else []
    return next((op.argument for op in ops if op.name == name), "")


def raise_later_half(rows: Sequence[SectionRow], semitones: int, treatments: Treatments) -> tuple[SectionRow, ...]:
    """Transpose the later half of the form, from the first section there that brings a theme back."""
    if not semitones:
        return tuple(rows)
    found = [treatments[row.treatment] for row in rows]
    back = [i for i, row in enumerate(found) if row.theme in ("again", "crowned") or row.place == "end"]
    first_raised = next((i for i in back if i >= len(rows) / 2), len(rows) - 1 if len(rows) > 1 else 0)
    return tuple(replace(row, lift=row.lift + semitones) if i >= first_raised else row for i, row in enumerate(rows))


def where_they_meet(
    rows: Sequence[SectionRow], bars: Sequence[int], assigned: Sequence[str | None], brief: Brief, cue: CueType,
    treatments: Treatments,
) -> tuple[int | None, Meeting]:  # fmt: skip
    """Find the section in which the first two themes meet, and how; None when no section has room for it.

    Counterpoint goes to the section with the most energy, dialogue to the first suitable one. Neither goes where a
    theme is heard for the first time, unless no other section can hold them.
    """
    meeting: Meeting = brief.meeting or cue.meeting
    if len(brief.themes) < 2 or meeting == "succession":
        return None, "succession"
    pair = brief.themes[:2]
    suitable = [
        i for i, row in enumerate(rows)
        if treatments[row.treatment].whole and bars[i] >= MEETING_BARS and assigned[i] in pair
    ]  # fmt: skip
    first = {assigned.index(name) for name in pair if name in assigned}
    later = [i for i in suitable if i not in first] or suitable[-1:]
    if not later:
        return None, "succession"
    if meeting == "counterpoint":
        return max(later, key=lambda i: (rows[i].energy, i)), meeting
    return later[0], meeting
