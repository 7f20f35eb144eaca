"""The ground a cue stands on: what holds for all of it before it has a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cuesmith.chance import Stream
from cuesmith.errors import ComposeError
from cuesmith.motif.model import Theme
from cuesmith.music.meter import Meters
from cuesmith.music.scale import Key
from cuesmith.plan.choose_tempo import Pacing, Ritard, ritard_of, tiny_meter
from cuesmith.plan.form.fermata import CLOSING
from cuesmith.plan.form.form_shapes import in_shape
from cuesmith.plan.form.medley import medley
from cuesmith.plan.form.meters import meters_of
from cuesmith.plan.free_meter.breaths import slower
from cuesmith.plan.keys import home_key
from cuesmith.plan.mood.mood_place import beat_mood, mood_of, place_of, recipe_of
from cuesmith.plan.picture.broadcast_length import BUTTON
from cuesmith.plan.picture.scenes import opened
from cuesmith.plan.theme_forms import key_in, meter_in, resolve_theme_forms
from cuesmith.specs.banks.cue_types import CueType
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.brief import FORCED_LIMITS, Brief, Mood, ThemeForm
from cuesmith.specs.style import CueRules, Style


@dataclass(frozen=True, slots=True)
class CueChoices:
    """cue: the type in the shape that was drawn; rules: what the style says of it. slot_sec: of the button at the end.

    own, mood: where the type lies, and where this cue does. place: what tempi mean there; bpm_range, wished_bpm: what
    tempi it may have, and should. theme_forms: how the themes come; closes: whether its end is one.
    """

    cue: CueType
    rules: CueRules
    seconds: float
    slot_sec: float
    key: Key
    meters: Meters
    own: Mood
    mood: Mood
    place: Pacing
    bpm_range: tuple[float, float]
    wished_bpm: float
    theme_forms: tuple[ThemeForm, ...]
    ending: str
    ritard: Ritard
    closes: bool


def _length(cue: CueType, brief: Brief) -> float:
    seconds = brief.seconds if brief.seconds is not None else cue.default_seconds
    low, high = FORCED_LIMITS if brief.force else cue.limits
    if not low <= seconds <= high:
        nearest = low if seconds < low else high
        raise ComposeError(
            f"a {brief.type} cue cannot last {seconds:g} s: it takes {low:g} to {high:g} s;"
            f" the nearest is {nearest:g} s" + ("" if brief.force else " (unless it is forced)")
        )
    return float(seconds)


def resolve_brief(brief: Brief, style: Style, themes: Mapping[str, Theme], banks: Banks, draw: Stream) -> CueChoices:
    """The ground of a cue. Raises ComposeError when it cannot be as long as it is asked to be."""
    cue = banks.cue_types[brief.type]
    rules = style.cues.get(brief.type, CueRules())
    seconds = _length(cue, brief)
    own, mood = place_of(cue), mood_of(brief, cue, banks.feelings)
    first = beat_mood(opened(brief).beats[0], mood, banks.feelings) if brief.beats else mood
    lighter = first.valence - own.valence
    usual_recipe = recipe_of(brief, banks.feelings)
    theme_forms = resolve_theme_forms(brief, style, themes, banks, draw.child("guise"), usual_recipe)
    key = home_key(cue, rules, style, brief, themes, draw.child("key"), lighter)
    key = key if brief.key is not None or (lighter and not brief.theme_forms) else key_in(theme_forms, key)
    cue = cue if any(name for name, _ in brief.chords) else in_shape(cue, draw.child("shape"))  # charts name sections
    bpm_range = rules.tempo or cue.bpm
    meters = meters_of(brief, cue, rules, style, draw.child("meter"))
    home = None if brief.meter else meter_in(theme_forms)
    meters = Meters(home, home) if home else meters
    bpm_range = slower(bpm_range, seconds) if meters.home.free else bpm_range
    meter = tiny_meter(seconds, meters.home.bar_beats, bpm_range, meters.home)
    meters = meters if meter == meters.home else Meters(meter, meter)
    place = Pacing(draw.child("tempo").uniform(*bpm_range), bpm_range, own, cue.dialogue_safe)
    usual, bpm_range = place.at(mood, theme_forms)
    cue = medley(cue, brief.themes, themes, key, banks)
    ending = brief.ending or rules.ending or cue.ending
    slotted = ending == BUTTON and not (brief.hits or brief.beats)
    return CueChoices(
        cue=cue, rules=rules, seconds=seconds, slot_sec=cue.slot_sec if slotted else 0.0, key=key, meters=meters,
        own=own, mood=mood, place=place, bpm_range=bpm_range, wished_bpm=brief.tempo_bpm or usual,
        theme_forms=theme_forms, ending=ending, ritard=ritard_of(style, ending), closes=ending in CLOSING,
    )  # fmt: skip
