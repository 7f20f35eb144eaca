"""The arc of a theme over the cues of a show: which stage, and so which recipe, it has in each cue.

The stages are spread evenly over the cues that use the theme, in the order of the file. A recipe that the cue itself
asks for (`recipe:`) has priority over the arc.
"""

from __future__ import annotations

from collections.abc import Mapping

from cuesmith.specs.banks.cue_types import CueType
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.banks.themes import Stage
from cuesmith.specs.brief import ThemeForm
from cuesmith.specs.show import CueSpec, Show


def stage_of(show: Show, cue: CueSpec, theme: str, cue_types: Mapping[str, CueType]) -> str:
    """Return the stage of the theme's arc in a cue; empty when it has no arc or the cue does not use it."""
    arc = show.themes[theme].arc if theme in show.themes else ()
    naming = [each.id for each in show.cues if theme in show.themes_of(each, cue_types)]
    if not arc or cue.id not in naming:
        return ""
    return arc[naming.index(cue.id) * len(arc) // len(naming)]


def _asked_recipe(cue: CueSpec, theme: str, place: int) -> str:
    """Return the recipe that a cue itself gives to the theme at `place` in its list; empty when it gives none."""
    if isinstance(cue.recipe, dict):
        return cue.recipe.get(theme, "")
    return cue.recipe or "" if place == 0 else ""


def theme_forms_of(show: Show, cue: CueSpec, banks: Banks) -> tuple[tuple[str, ...], tuple[ThemeForm, ...]]:
    """Return the themes that are heard in a cue, and the form of each. Themes whose stage is `absent` are left out."""
    heard: list[str] = []
    theme_forms: list[ThemeForm] = []
    for place, theme in enumerate(show.themes_of(cue, banks.cue_types)):
        name = stage_of(show, cue, theme, banks.cue_types)
        stage = banks.stages.get(name, Stage(about="", recipe=name or None))  # a recipe's name may be used as a stage
        asked = _asked_recipe(cue, theme, place)
        if stage.absent and not asked:
            continue
        heard.append(theme)
        if asked or name:
            theme_forms.append(ThemeForm(theme, asked or stage.recipe or "", name, stage.fragments and not asked))
    return tuple(heard), tuple(theme_forms)
