"""Resolve a brief: settle key, meter, mood, tempo range, themes and ending before the form is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cuesmith.chance import Stream
from cuesmith.errors import ComposeError, with_article
from cuesmith.motif.model import Theme
from cuesmith.music.meter import Meters
from cuesmith.music.scale import Key
from cuesmith.plan.choose_tempo import Pacing, Ritard, ritard_of, tiny_meter
from cuesmith.plan.form.fermata import CLOSING
from cuesmith.plan.form.form_shapes import in_shape, in_short_bars
from cuesmith.plan.form.medley import medley
from cuesmith.plan.form.meters import meters_of
from cuesmith.plan.free_meter.breaths import slower_range
from cuesmith.plan.keys import home_key
from cuesmith.plan.mood.mood_place import beat_mood, mood_of, recipe_of, type_mood_of
from cuesmith.plan.picture.broadcast_length import BUTTON
from cuesmith.plan.picture.scenes import with_opening_beat
from cuesmith.plan.theme_forms import key_in, meter_in, resolve_theme_forms
from cuesmith.specs.banks.cue_types import CueType
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.brief import FORCED_LIMITS, Brief, Mood, ThemeForm
from cuesmith.specs.style import CueRules, Style


@dataclass(frozen=True, slots=True)
class CueChoices:
    """What is known about the whole cue before it has a form.

    cue: the cue type, its form in the shape that was drawn. rules: what the style says about this type.
    slot_sec: length of the closing button in seconds; 0 when there is none.
    type_mood, mood: the usual mood of the type, and the mood of this cue.
    pacing: how the tempo follows the mood.
    bpm_range, target_bpm: allowed and preferred tempi, in quarter notes per minute.
    theme_forms: how the themes come back.
    closes: the last bar may be held under a fermata.
    """

    cue: CueType
    rules: CueRules
    seconds: float
    slot_sec: float
    key: Key
    meters: Meters
    type_mood: Mood
    mood: Mood
    pacing: Pacing
    bpm_range: tuple[float, float]
    target_bpm: float
    theme_forms: tuple[ThemeForm, ...]
    ending: str
    ritard: Ritard
    closes: bool


def _length(cue: CueType, brief: Brief) -> float:
    """Return the length in seconds. Raises ComposeError when it is outside the limits of the type."""
    seconds = brief.seconds if brief.seconds is not None else cue.default_seconds
    low, high = FORCED_LIMITS if brief.force else cue.limits
    if not low <= seconds <= high:
        nearest = low if seconds < low else high
        raise ComposeError(
            f"{with_article(brief.type)} cue cannot last {seconds:g} s: it takes {low:g} to {high:g} s;"
            f" the nearest is {nearest:g} s" + ("" if brief.force else " (unless it is forced)")
        )
    return float(seconds)


def resolve_brief(brief: Brief, style: Style, themes: Mapping[str, Theme], banks: Banks, draw: Stream) -> CueChoices:
    """Settle everything that holds for the whole cue.

    Raises ComposeError when the requested length is outside the limits of the type, UsageError for an unknown feeling
    or recipe, and for free meter in a style with a fixed pulse.
    """
    cue = banks.cue_types[brief.type]
    rules = style.cues.get(brief.type, CueRules())
    seconds = _length(cue, brief)
    type_mood, mood = type_mood_of(cue), mood_of(brief, cue, banks.feelings)
    first = beat_mood(with_opening_beat(brief).beats[0], mood, banks.feelings) if brief.beats else mood
    lighter = first.valence - type_mood.valence
    feeling_recipe = recipe_of(brief, banks.feelings)
    theme_forms = resolve_theme_forms(brief, style, themes, banks, draw.child("guise"), feeling_recipe)
    key = home_key(cue, rules, style, brief, themes, draw.child("key"), lighter)
    key = key if brief.key is not None or (lighter and not brief.theme_forms) else key_in(theme_forms, key)
    cue = cue if any(name for name, _ in brief.chords) else in_shape(cue, draw.child("shape"))  # charts name sections
    bpm_range = rules.tempo or cue.bpm
    meters = meters_of(brief, cue, rules, style, draw.child("meter"))
    home = None if brief.meter else meter_in(theme_forms)
    meters = Meters(home, home) if home else meters
    bpm_range = slower_range(bpm_range, seconds) if meters.home.free else bpm_range
    meter = tiny_meter(seconds, meters.home.bar_beats, bpm_range, meters.home)
    meters = meters if meter == meters.home else Meters(meter, meter)
    cue = in_short_bars(cue, meters.home)
    pacing = Pacing(draw.child("tempo").uniform(*bpm_range), bpm_range, type_mood, cue.dialogue_safe)
    usual_bpm, bpm_range = pacing.at(mood, theme_forms)
    cue = medley(cue, brief.themes, themes, key, banks)
    ending = brief.ending or rules.ending or cue.ending
    has_button = ending == BUTTON and not (brief.hits or brief.beats)
    return CueChoices(
        cue=cue, rules=rules, seconds=seconds, slot_sec=cue.slot_sec if has_button else 0.0, key=key, meters=meters,
        type_mood=type_mood, mood=mood, pacing=pacing, bpm_range=bpm_range, target_bpm=brief.tempo_bpm or usual_bpm,
        theme_forms=theme_forms, ending=ending, ritard=ritard_of(style, ending), closes=ending in CLOSING,
    )  # fmt: skip
