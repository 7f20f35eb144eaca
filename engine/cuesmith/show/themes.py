"""The themes of a show: invented by character, kept apart from one another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from cuesmith.chance import Stream, stream
from cuesmith.errors import ComposeError
from cuesmith.motif.develop import develop
from cuesmith.motif.given import theme_from_given
from cuesmith.motif.identity import DISTINCT, Shape, identity
from cuesmith.motif.invent import Ingredients, invent
from cuesmith.motif.model import Theme
from cuesmith.motif.originality import Denied, deny, is_original
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.pitch import parse_pitch_class
from cuesmith.music.scale import Key, Scale
from cuesmith.specs.banks import Character
from cuesmith.specs.library import Banks
from cuesmith.specs.show import ThemeSpec, parse_key
from cuesmith.specs.style import Style

ATTEMPTS = 40
OWN_RHYTHMS = 4  # attempts with the character's own rhythms, before those of all are let in
GOOD = 75.0  # a score worth stopping at


def ingredients(character: Character, banks: Banks, *, any_rhythm: bool = False) -> Ingredients:
    """What a character makes its motifs of, resolved from the banks; any_rhythm lets in the cells of all characters."""
    weights = {name: character.cells.get(name, 1.0) for name in banks.cells} if any_rhythm else dict(character.cells)
    cells = {
        name: (banks.cells[name].cell, banks.cells[name].fingerprint, "goal" in banks.cells[name].tags)
        for name in weights
    }
    return Ingredients(
        cells=cells,
        cell_weights=weights,
        contours={name: banks.contours[name].points for name in character.contours},
        contour_weights=dict(character.contours),
        intervals=dict(character.intervals),
        leaps=character.leaps,
        ambitus=character.ambitus,
        density=character.density,
    )


def _scale(spec: ThemeSpec, character: Character, banks: Banks, draw: Stream) -> Scale:
    if spec.scale is not None:
        return banks.scales[spec.scale]
    if spec.key is not None:
        minor = parse_key(spec.key).minor
        fitting = {n: w for n, w in character.scales.items() if Key(0, banks.scales[n].mode).minor == minor}
        if fitting:
            return banks.scales[draw.weighted(fitting)]
        mode = parse_key(spec.key).mode
        return Scale(mode, mode, tuple(range(7)), (0, 2, 4))
    return banks.scales[draw.weighted(dict(character.scales))]


def make_theme(
    name: str,
    spec: ThemeSpec,
    style: Style,
    banks: Banks,
    draw: Stream,
    others: Sequence[Shape] = (),
    *,
    any_rhythm: bool = False,
) -> Theme:
    """One theme: key and scale chosen, motif invented unlike the others, eight bars developed from it."""
    character = banks.characters[spec.character]
    scale = _scale(spec, character, banks, draw.child("scale"))
    if spec.key is not None:
        asked = parse_key(spec.key)
        key = Key(asked.tonic, scale.mode if Key(0, scale.mode).minor == asked.minor else asked.mode)
        scale = Scale(scale.name, key.mode, scale.steps, scale.nuclear)
    else:
        tonics = style.keys.minor if Key(0, scale.mode).minor else style.keys.major
        key = Key(parse_pitch_class(draw.child("key").choice(tonics)), scale.mode)
    meter = draw.child("meter").choice(character.meters) if character.meters else Meter(4, 4)
    if meter.bar_ticks not in (4 * PPQ, 3 * PPQ):
        meter = Meter(4, 4)
    motif, score = invent(
        ingredients(character, banks, any_rhythm=any_rhythm), scale, key, meter, draw.child("motif"), others=others
    )
    form = character.form if character.form != "either" else draw.child("form").choice(("sentence", "period"))
    melody, units = develop(motif, scale, form, draw.child("develop"))
    return Theme(name, spec.character, motif, melody, units, key, scale, form, round(score, 1), 4, spec.instrument)


def make_themes(specs: Mapping[str, ThemeSpec], style: Style, banks: Banks, seed: int | str) -> dict[str, Theme]:
    """All themes of a show: given ones as they are, the others re-invented until they are unlike all before them.

    Raises ComposeError when that cannot be done (more themes of one character than it has shapes), SpecError or
    UsageError for given notes or MIDI files that cannot be used.
    """
    found: dict[str, Theme] = {}
    for name, spec in specs.items():
        if spec.given:
            theme = theme_from_given(name, spec, banks.scales, stream(seed, "theme", name))
            nearest = _nearest(theme, found.values())
            if nearest > DISTINCT:
                raise ComposeError(_too_alike(name, "given", nearest))
            found[name] = theme
    denied = deny(banks.deny_list)
    for name, spec in specs.items():
        if not spec.given:
            found[name] = _invented(name, spec, style, banks, seed, tuple(found.values()), denied)
    return {name: found[name] for name in specs}


def _nearest(theme: Theme, others: Iterable[Theme]) -> float:
    """The identity of the theme's motif with the most like of the others; 0 when there are none."""
    own = theme.motif.shape(theme.key)
    return max((identity(other.motif.shape(other.key), own) for other in others), default=0.0)


def _too_alike(name: str, how: str, nearest: float) -> str:
    return (
        f"theme '{name}' ({how}) cannot be kept apart from the others: {nearest:.2f} alike, at most"
        f" {DISTINCT} is allowed; give it another character, scale or seed, or other notes"
    )


def _invented(
    name: str,
    spec: ThemeSpec,
    style: Style,
    banks: Banks,
    seed: int | str,
    others: tuple[Theme, ...],
    denied: Denied,
) -> Theme:
    """The first good theme of the attempts that is unlike the others and quotes no well-known tune."""
    shapes = [theme.motif.shape(theme.key) for theme in others]
    best: Theme | None = None
    least = 1.0
    for attempt in range(ATTEMPTS):
        draw = stream(seed, "theme", name, attempt)
        theme = make_theme(name, spec, style, banks, draw, shapes, any_rhythm=attempt >= OWN_RHYTHMS)
        alike = _nearest(theme, others)
        least = min(least, alike)
        if alike > DISTINCT or not is_original(theme.melody.realise(theme.key), denied):
            continue
        if best is None or theme.score > best.score:
            best = theme
        if best.score >= GOOD:
            break
    if best is None:
        raise ComposeError(_too_alike(name, spec.character, least))
    return best


def character_for(valence: float, arousal: float, banks: Banks, draw: Stream) -> str:
    """A character near a point of valence (-1..1) and arousal (0..1)."""
    weights = {
        name: math.exp(-3.0 * math.hypot((row.valence - valence) / 2, row.arousal - arousal) * 2)
        for name, row in banks.characters.items()
    }
    return draw.weighted(weights)
