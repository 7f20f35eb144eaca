"""Choose the home key of a cue, and the scale of its melody."""

from __future__ import annotations

from collections.abc import Mapping

from cuesmith.chance import Stream
from cuesmith.motif.model import Theme
from cuesmith.music.pitch import parse_pitch_class
from cuesmith.music.scale import MODES, Key, Scale, is_minor
from cuesmith.plan.mood.mood_dials import modes_at
from cuesmith.specs.banks.cue_types import CueType
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.brief import Brief
from cuesmith.specs.style import CueRules, Style


def home_key(
    cue: CueType,
    rules: CueRules,
    style: Style,
    brief: Brief,
    themes: Mapping[str, Theme],
    draw: Stream,
    lighter: float = 0.0,
) -> Key:
    """Choose the home key.

    lighter: by how much the cue is brighter than its type, -2..2 (difference of valence).
    A key in the brief is used as it is. Types in HOME_TYPES keep the tonic of the first theme; others may keep it too.
    """
    if brief.key is not None:
        return brief.key
    theme_key = themes[brief.themes[0]].key if brief.themes else None
    modes = dict(rules.modes or cue.modes)
    valence = cue.valence + lighter
    if lighter:
        if theme_key is not None and cue.key_of_theme:
            modes = modes_at(modes if theme_key.mode in modes else {theme_key.mode: 1.0}, lighter, valence)
            return theme_key.with_mode(draw.weighted(modes))
        modes = modes_at(modes, lighter, valence)
    elif theme_key is not None and cue.key_of_theme:
        same = {m: w for m, w in modes.items() if is_minor(m) == theme_key.minor}
        return Key(theme_key.tonic, theme_key.mode if theme_key.mode in same or not same else draw.weighted(same))
    for mode in modes:
        if (MODES[mode][2] == 4) == (style.brightness > 0):
            modes[mode] *= 1.0 + abs(style.brightness)
    mode = draw.weighted(modes)
    tonics = style.keys.minor if is_minor(mode) else style.keys.major
    if theme_key is not None and draw.chance(0.35):
        return Key(theme_key.tonic, mode)
    return Key(parse_pitch_class(draw.choice(tonics)), mode)


def scale_of(key: Key, theme: Theme | None, style: Style, banks: Banks, draw: Stream) -> Scale:
    """Choose the scale of the melody: the theme's own steps in the mode of the cue, else one of the style's scales."""
    if theme is not None:
        theme_scale = theme.scale
        name = (
            theme_scale.name
            if theme_scale.mode == key.mode
            else f"{theme_scale.name} in {key.mode}"
            if theme_scale.pentatonic
            else key.mode
        )
        return Scale(name, key.mode, theme_scale.steps, theme_scale.nuclear)
    fitting = {name: w for name, w in style.scales.items() if banks.scales[name].mode == key.mode}
    if fitting:
        return banks.scales[draw.weighted(fitting)]
    return Scale(key.mode, key.mode, tuple(range(7)), (0, 2, 4))
