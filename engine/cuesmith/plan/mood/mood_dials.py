"""The dials: what valence, arousal and tension do to a plan.

Each function is the identity where its dial stands at the place of the cue type, and moves one way only: a cue turned
brighter is never in a darker mode, one turned up never slower.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import exp

from cuesmith.chance import Stream
from cuesmith.music.scale import Key, brightness, is_minor
from cuesmith.plan.model import SectionPlan
from cuesmith.plan.mood.mood_place import distance
from cuesmith.specs.brief import Mood

# modes from dark to bright, and how often each is let in beside those that the cue type names
STRANGER = {
    "locrian": 0.001, "phrygian": 0.25, "aeolian": 0.35, "dorian": 0.3,
    "mixolydian": 0.3, "ionian": 0.35, "lydian": 0.1,
}  # fmt: skip

# fmt: off
TILT           = 4.0           # how strongly valence decides: a mode brighter by 1 is exp(4) times as likely per unit
BEYOND         = 0.12          # share by which the dial takes the tempo outside the range of the cue type
TALKING_BPM    = 100.0         # a cue that words must be heard over goes no faster
FULLEST, BAREST = (0.50, 0.50), (0.03, 0.27)  # energy at arousal 1 and 0: least, share of the form's own
SOFTEST, LOUDEST           = 0.75, 1.06         # of the velocities written, at arousal 0 and 1
VALENCE_LIFT, AROUSAL_LIFT = 6.0, 8.0          # semitones by which a melody rises per unit of each dial
STILL_BELOW, DRIVEN_ABOVE  = 0.3, 0.75        # arousal under which a melody is bound, and over which it is marked
LIGHT_FOOTED               = 0.5              # valence over which a lively melody is short rather than marked
# fmt: on

# how tense a colour of banks/spellings.yaml is, -1 .. 1; one not named is neither
COLOUR_TENSION = {
    "triad": -1.0, "power": -0.9, "add9": -0.2, "sixth": -0.3, "sus": -0.3, "seventh": 0.6, "quartal": 0.1,
    "ninth": 0.7, "eleventh": 0.6, "lydian": 0.9, "upper": 1.0, "altered": 1.0,
}  # fmt: skip
COLOUR_PULL = 3.0  # a colour of tension 1 is exp(3) times as likely at the far end of the dial
NEW_COLOUR = 6.0  # weight, against about a hundred, that tension 1 gives a tense colour the style has not


def modes_at(weights: Mapping[str, float], pull: float) -> dict[str, float]:
    """The modes after valence, dark before bright; pull: how far it is turned, -2 .. 2.

    Weights are tilted towards bright or dark, and the modes of the ladder in that direction are let in.
    """
    whole = sum(weights.values()) or 1.0
    middle = sum(brightness(mode) * weight for mode, weight in weights.items()) / whole
    shares = {mode: weight / whole for mode, weight in weights.items()}
    for mode, stranger in STRANGER.items():
        if pull * (brightness(mode) - middle) > 0:
            shares[mode] = shares.get(mode, 0.0) + stranger * min(1.0, abs(pull))
    return {
        mode: shares[mode] * exp(TILT * pull * brightness(mode))
        for mode in sorted(shares, key=lambda mode: (brightness(mode), mode))
    }


def _share(now: float, own: float) -> float:
    """How far a dial of 0..1 is turned from its own place: -1 (down to 0) .. 1 (up to 1)."""
    if now >= own:
        return (now - own) / (1.0 - own) if own < 1.0 else 0.0
    return (now - own) / own


def _reach(bpm_range: tuple[float, float], *, spoken_over: bool) -> tuple[float, float]:
    low, high = bpm_range[0] * (1 - BEYOND), bpm_range[1] * (1 + BEYOND)
    return (low, min(high, max(TALKING_BPM, bpm_range[1]))) if spoken_over else (low, high)


def tempo_at(
    bpm: float, bpm_range: tuple[float, float], mood: Mood, own: Mood, *, spoken_over: bool = False
) -> tuple[float, tuple[float, float]]:
    """The tempo wished for, and the range it may be found in, quarter notes per minute.

    bpm: what it would be at the type's own arousal. spoken_over: words must be heard.
    """
    share = _share(mood.arousal, own.arousal)
    if not share:
        return bpm, bpm_range
    low, high = _reach(bpm_range, spoken_over=spoken_over)
    goal = high if share > 0 else low
    return bpm + (goal - bpm) * abs(share), (low, high)


def energy_at(energy: float, mood: Mood, own: Mood) -> float:
    """The energy of a section, 0..1, after arousal; the shape of the form stays."""
    share = _share(mood.arousal, own.arousal)
    least, kept = FULLEST if share > 0 else BAREST
    return energy + (least + kept * energy - energy) * abs(share)


def loudness_at(mood: Mood, own: Mood) -> float:
    """The share of its velocities at which a section is played, beyond what its energy does."""
    share = _share(mood.arousal, own.arousal)
    return 1.0 + (LOUDEST - 1.0 if share > 0 else 1.0 - SOFTEST) * share


def register_at(pull: Mood) -> float:
    """Semitones by which the melody should lie higher."""
    return VALENCE_LIFT * pull.valence + AROUSAL_LIFT * pull.arousal


def articulation_at(mood: Mood) -> str:
    """How a melody is played whose recipe does not say."""
    if mood.arousal < STILL_BELOW:
        return "legato"
    if mood.arousal <= DRIVEN_ABOVE:
        return "detached" if mood.valence > LIGHT_FOOTED and mood.tension < STILL_BELOW else "normal"
    return "accent" if mood.valence > LIGHT_FOOTED else "marcato"


def colours_at(weights: Mapping[str, float], pull: Mood) -> dict[str, float]:
    """The weights of the colours chords are spelled in, after tension."""
    if not pull.tension:
        return dict(weights)
    fresh = max(0.0, pull.tension) * NEW_COLOUR
    return {
        name: (weight + (fresh if COLOUR_TENSION.get(name, 0.0) > 0.5 else 0.0))
        * exp(COLOUR_PULL * pull.tension * COLOUR_TENSION.get(name, 0.0))
        for name, weight in weights.items()
    }


def key_at(key: Key, before: Mood, now: Mood, draw: Stream) -> Key:
    """The key a change of mood leads to from `key`: another mode on the same tonic, or the relative key.

    Modes of one gender share the tonic. From major to minor or back a calm change goes to the relative key, a tense or
    a wide one to the parallel.
    """
    mode = draw.child("mode").weighted(modes_at({key.mode: 1.0}, now.valence - before.valence))
    if is_minor(mode) == key.minor:
        return key if abs(brightness(mode) - brightness(key.mode)) < 0.5 else key.with_mode(mode)
    wide = abs(now.valence - before.valence) > 1.0 or max(before.tension, now.tension) > 0.6
    if wide or draw.child("relative").chance(0.4):
        return key.with_mode(mode)
    return Key((key.tonic + (9 if is_minor(mode) else 3)) % 12, mode)


def placed(section: SectionPlan, mood: Mood, own: Mood) -> SectionPlan:
    """A section whose energy stands, with the rest that its mood asks for; own: the place of the cue type."""
    pull = distance(own, mood)
    return replace(
        section, mood=mood, pull=pull, register=register_at(pull), articulation=articulation_at(mood),
        loudness=loudness_at(mood, own),
    )  # fmt: skip


def felt(section: SectionPlan, mood: Mood, own: Mood) -> SectionPlan:
    """A section of a form of the bank under the dials: breaks stay empty, the rest is moved."""
    moved = placed(section, mood, own)
    return moved if section.treatment_row.silent else replace(moved, energy=energy_at(section.energy, mood, own))
