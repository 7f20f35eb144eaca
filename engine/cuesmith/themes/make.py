"""Make the themes of a show: given or invented by character, and clearly different from one another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cuesmith.chance import Stream, stream
from cuesmith.errors import ComposeError
from cuesmith.motif.identity import DISTINCT, Shape, identity
from cuesmith.motif.model import Motif, Theme
from cuesmith.motif.transform import change_meter
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.pitch import parse_pitch_class
from cuesmith.music.scale import MODES, Key, Scale
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.banks.themes import Character
from cuesmith.specs.show import ThemeSpec, parse_key
from cuesmith.specs.style import Keys, Style
from cuesmith.themes.characters import character_at
from cuesmith.themes.develop import develop
from cuesmith.themes.given_theme import theme_from_given
from cuesmith.themes.invent import Ingredients, ideas
from cuesmith.themes.judge import Wishes, is_sound, judge_theme, total
from cuesmith.themes.originality import any_known_intervals, deny_index, is_original
from cuesmith.themes.phrase import Unit
from cuesmith.themes.song import bridge, chorus
from cuesmith.themes.upbeat import draw_upbeat

ATTEMPTS = 40
FINE = 89.0  # score at which the eight bars of an idea are accepted without trying the next idea
OWN_RHYTHMS = 2  # attempts with the character's own rhythms before the rhythms of all characters are allowed
GOOD = 73.0  # score at which the search ends
USUAL_METERS = (Meter(4, 4), Meter(3, 4), Meter(12, 8))  # in these too a melody quotes nothing
PATIENCE, FAIR = 5, 70.5  # after this many attempts the search ends at this lower score


def ingredients(character: Character, banks: Banks, *, any_rhythm: bool = False) -> Ingredients:
    """Collect from the banks what a character makes its motifs of.

    any_rhythm: also allow the rhythm cells and contours of all other characters.
    """
    weights = {name: character.cells.get(name, 1.0) for name in banks.cells} if any_rhythm else dict(character.cells)
    contours = dict(character.contours)
    if any_rhythm:
        contours = {name: contours.get(name, 1.0) for name in banks.contours}
    cells = {
        name: (banks.cells[name].cell, banks.cells[name].fingerprint, "goal" in banks.cells[name].tags)
        for name in weights
    }
    return Ingredients(
        cells=cells,
        cell_weights=weights,
        contours={name: banks.contours[name].points for name in contours},
        contour_weights=contours,
        intervals=dict(character.intervals),
        ambitus=character.ambitus,
        density=character.density,
        wishes=wishes(character, banks),
    )


def wishes(character: Character, banks: Banks) -> Wishes:
    """Return what a character asks of its melodies, for the judge: leaps, repeats, home register, instrument ranges."""
    return Wishes(
        leaps=character.leaps,
        repeats=4 if character.intervals["repeat"] >= 12 else 3,
        tritones=character.intervals["tritone"] >= 3,
        register=character.register,
        ranges=tuple(row.sweet for row in banks.instruments.values() if "lead" in row.roles),
    )


def _choose_scale(spec: ThemeSpec, character: Character, banks: Banks, draw: Stream) -> Scale:
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
    """Make one theme: choose key and scale, invent a motif, and build eight bars, bridge and chorus from it.

    others: shapes of motifs that the new one should not be taken for.
    any_rhythm: also allow the rhythms of other characters.
    """
    draft = _make_draft(spec, style.keys, banks, draw, others, any_rhythm=any_rhythm)
    return _complete_theme(name, spec, draft, banks, draw)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A theme up to the point where it is judged: without bridge and chorus."""

    character: str
    motif: Motif
    melody: Motif
    units: tuple[Unit, ...]
    key: Key
    scale: Scale
    form: str
    score: float
    sound: bool


def _make_draft(
    spec: ThemeSpec, keys: Keys, banks: Banks, draw: Stream, others: Sequence[Shape], *, any_rhythm: bool
) -> _Draft:
    name, character = character_at(spec.valence, spec.arousal, banks, spec.character)
    scale = _choose_scale(spec, character, banks, draw.child("scale"))
    if spec.key is not None:
        asked = parse_key(spec.key)
        key = Key(asked.tonic, scale.mode if Key(0, scale.mode).minor == asked.minor else asked.mode)
        scale = Scale(scale.name, key.mode, scale.steps, scale.nuclear)
    else:
        tonics = keys.minor if Key(0, scale.mode).minor else keys.major
        key = Key(parse_pitch_class(draw.child("key").choice(tonics)), scale.mode)
    meter = draw.child("meter").choice(character.meters) if character.meters else Meter(4, 4)
    if meter.bar_ticks not in (4 * PPQ, 3 * PPQ):
        meter = Meter(4, 4)
    made_of = ingredients(character, banks, any_rhythm=any_rhythm)
    form = character.form if character.form != "either" else draw.child("form").choice(("sentence", "period"))
    best: tuple[bool, float, Motif, Motif, tuple[Unit, ...]] | None = None
    for number, (motif, _) in enumerate(ideas(made_of, scale, key, meter, draw.child("motif"), others=others)):
        if _greatest_identity(motif, key, others) > DISTINCT and best is not None:
            continue
        melody, units = develop(motif, scale, form, draw.child("develop", number), key=key, wishes=made_of.wishes)
        criteria = judge_theme(motif, melody, key, made_of.wishes)
        sound, score = is_sound(criteria), total(criteria)
        if best is None or (sound, score) > best[:2]:
            best = (sound, score, motif, melody, units)
        if sound and score >= FINE:
            break
    assert best is not None
    sound, score, motif, melody, units = best
    return _Draft(name, motif, melody, units, key, scale, form, round(score, 1), sound)


def _complete_theme(name: str, spec: ThemeSpec, draft: _Draft, banks: Banks, draw: Stream) -> Theme:
    motif, melody, scale, key = draft.motif, draft.melody, draft.scale, draft.key
    b_phrase, b_units = bridge(motif, melody, scale, key, draw.child("bridge"))
    refrain, c_units = chorus(motif, melody, b_phrase, scale, key, draw.child("chorus"))
    upbeat = draw_upbeat(banks.upbeats, banks.characters[draft.character].arousal, draw.child("upbeat"))
    return Theme(
        name, draft.character, motif, melody, draft.units, key, scale, draft.form, draft.score, 4, spec.instrument,
        bridge=b_phrase, bridge_units=b_units, chorus=refrain, chorus_units=c_units, upbeat=upbeat,
    )  # fmt: skip


def make_themes(specs: Mapping[str, ThemeSpec], style: Style, banks: Banks, seed: int | str) -> dict[str, Theme]:
    """Make all themes of a show. Given themes stay as they are; each other one is invented until it is distinct.

    Raises ComposeError when no distinct theme is found (one character has only so many shapes). Raises SpecError or
    UsageError for given notes or MIDI files that can't be used.
    """
    found: dict[str, Theme] = {}
    for name, spec in specs.items():
        if spec.given:
            theme = theme_from_given(name, spec, banks.scales, stream(seed, "theme", name))
            nearest = _greatest_identity(
                theme.motif, theme.key, [other.motif.shape(other.key) for other in found.values()]
            )
            if nearest > DISTINCT:
                raise ComposeError(_too_alike_message(name, "given", nearest))
            found[name] = theme
    for name, spec in specs.items():
        if not spec.given:
            others = tuple(tuple(theme.motif.shape(theme.key)) for theme in found.values())
            found[name] = _invent_distinct(name, spec, style.keys, banks, str(seed), others)
    return {name: found[name] for name in specs}


def _greatest_identity(motif: Motif, key: Key, others: Iterable[Shape]) -> float:
    """Return the identity of a motif with the most similar of the others; 0 when there are none."""
    own = motif.shape(key)
    return max((identity(other, own) for other in others), default=0.0)


def _is_original_everywhere(draft: _Draft, banks: Banks) -> bool:
    """Tell whether the melody quotes no well-known tune, in any mode or usual meter to which a cue may take it."""
    index = deny_index(banks)
    for mode in MODES:
        key = Key(draft.key.tonic, mode)
        if not any_known_intervals(draft.melody.realise(key), index):
            continue
        melodies = (draft.melody, *(change_meter(draft.melody, meter) for meter in USUAL_METERS))
        if not all(is_original(melody.realise(key), index) for melody in melodies):
            return False
    return True


def _too_alike_message(name: str, how: str, nearest: float) -> str:
    return (
        f"theme '{name}' ({how}) cannot be kept apart from the others: {nearest:.2f} alike, at most"
        f" {DISTINCT} is allowed; give it another character, scale or seed, or other notes"
    )


@lru_cache(maxsize=1024)  # the same theme is asked for again for every length, tempo and kind of cue that is tried
def _invent_distinct(
    name: str, spec: ThemeSpec, keys: Keys, banks: Banks, seed: str, others: tuple[tuple[tuple[int, int], ...], ...]
) -> Theme:
    """Return the first good theme that is distinct from the others (by their shapes) and quotes no well-known tune."""
    best: tuple[_Draft, Stream] | None = None
    least = 1.0
    for attempt in range(ATTEMPTS):
        draw = stream(seed, "theme", name, attempt)
        draft = _make_draft(spec, keys, banks, draw, others, any_rhythm=attempt >= OWN_RHYTHMS)
        alike = _greatest_identity(draft.motif, draft.key, others)
        least = min(least, alike)
        better = best is None or (draft.sound, draft.score) > (best[0].sound, best[0].score)
        if alike > DISTINCT or (better and not _is_original_everywhere(draft, banks)):
            continue
        if better:
            best = (draft, draw)
        assert best is not None
        if best[0].sound and best[0].score >= (GOOD if attempt < PATIENCE else FAIR):
            break
    if best is None:
        raise ComposeError(_too_alike_message(name, spec.character or "by numbers", least))
    draft, draw = best
    return _complete_theme(name, spec, draft, banks, draw)


def character_for(valence: float, arousal: float, banks: Banks, draw: Stream, cue_type: str = "") -> str:
    """Draw a character; the nearer it is to the point of valence (-1..1) and arousal (0..1), the more likely.

    cue_type: characters whose row says that they are not for this type of cue are left out.
    """
    weights = {
        name: math.exp(-3.0 * math.hypot((row.valence - valence) / 2, row.arousal - arousal) * 2)
        for name, row in banks.characters.items()
        if cue_type not in row.not_for
    }
    return draw.weighted(weights)


def bright_scale_for(character: str, valence: float, banks: Banks, draw: Stream) -> str | None:
    """Draw a scale of a character that is not dark, for a cue whose valence is 0 or more; else return None.

    None lets the theme choose among all scales of its character.
    """
    weights = banks.characters[character].scales
    bright = {name: weight for name, weight in weights.items() if not banks.scales[name].dark}
    return draw.weighted(bright) if valence >= 0 and 0 < len(bright) < len(weights) else None
