"""The mood dials: what valence, arousal and tension change in a plan.

At the mood of the cue type every function returns its input unchanged. Each is monotonic: more valence never gives a
darker mode, more arousal never a slower tempo.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import exp

from cuesmith.chance import Stream
from cuesmith.music.scale import Key, brightness, is_dark, is_minor
from cuesmith.plan.model import SectionPlan
from cuesmith.plan.mood.mood_place import difference
from cuesmith.specs.brief import Mood

# modes from dark to bright: the weight with which each is added to the modes of the cue type
FOREIGN_MODES = {
    "locrian": 0.001, "phrygian": 0.25, "aeolian": 0.35, "dorian": 0.3,
    "mixolydian": 0.3, "ionian": 0.35, "lydian": 0.1,
}  # fmt: skip

# fmt: off
TILT           = 4.0           # a mode brighter by 1 is exp(TILT) times as likely per unit of valence
BEYOND         = 0.12          # share by which arousal may take the tempo outside the range of the cue type
TALKING_BPM    = 100.0         # fastest tempo under spoken words
FULLEST, BAREST = (0.50, 0.50), (0.03, 0.27)  # energy at arousal 1 and 0: (constant, factor on the energy of the form)
SOFTEST, LOUDEST           = 0.75, 1.06         # factor on the written velocities at arousal 0 and 1
VALENCE_LIFT, AROUSAL_LIFT = 6.0, 8.0          # semitones by which a melody rises per unit of each dial
STILL_BELOW, DRIVEN_ABOVE  = 0.3, 0.75        # below: a melody is legato; above: it is accented
LIGHT_FOOTED               = 0.5              # valence above which a lively melody is detached or accented, not marcato
# fmt: on

# tension of each chord colour of banks/spellings.yaml, -1..1; colours not named count as 0
COLOUR_TENSION = {
    "triad": -1.0, "power": -0.9, "add9": -0.2, "sixth": -0.3, "sus": -0.3, "seventh": 0.6, "quartal": 0.1,
    "ninth": 0.7, "eleventh": 0.6, "lydian": 0.9, "upper": 1.0, "altered": 1.0,
}  # fmt: skip
COLOUR_TILT = 3.0  # a colour of tension 1 is exp(COLOUR_TILT) times as likely per unit of tension
NEW_COLOUR = 6.0  # weight added to each tense colour per unit of tension (a style's weights sum to about 100)


def modes_at(weights: Mapping[str, float], shift: float, valence: float = -1.0) -> dict[str, float]:
    """Adjust the weights of modes to valence; the result is ordered from dark to bright.

    shift: valence above that of the cue type, -2..2. Weights tilt towards bright or dark modes, and modes further in
        that direction are added.
    valence: of the cue after the shift, -1..1; from 0 on no mode with a semitone above the tonic is added.
    """
    total = sum(weights.values()) or 1.0
    middle = sum(brightness(mode) * weight for mode, weight in weights.items()) / total
    shares = {mode: weight / total for mode, weight in weights.items()}
    for mode, added in FOREIGN_MODES.items():
        if shift * (brightness(mode) - middle) > 0 and not (valence >= 0 and is_dark(mode)):
            shares[mode] = shares.get(mode, 0.0) + added * min(1.0, abs(shift))
    return {
        mode: shares[mode] * exp(TILT * shift * brightness(mode))
        for mode in sorted(shares, key=lambda mode: (brightness(mode), mode))
    }


def _share(value: float, usual: float) -> float:
    """Return how far a dial of 0..1 is turned from its usual value: -1 (down to 0) .. 1 (up to 1)."""
    if value >= usual:
        return (value - usual) / (1.0 - usual) if usual < 1.0 else 0.0
    return (value - usual) / usual


def _widest_range(bpm_range: tuple[float, float], *, spoken_over: bool) -> tuple[float, float]:
    """Return the widest range of tempi that arousal may lead to."""
    low, high = bpm_range[0] * (1 - BEYOND), bpm_range[1] * (1 + BEYOND)
    return (low, min(high, max(TALKING_BPM, bpm_range[1]))) if spoken_over else (low, high)


def tempo_at(
    bpm: float, bpm_range: tuple[float, float], mood: Mood, type_mood: Mood, *, spoken_over: bool = False
) -> tuple[float, tuple[float, float]]:
    """Return (target, (lowest, highest)) tempo after arousal, in quarter notes per minute.

    bpm: the tempo at the usual arousal of the type. spoken_over: words must stay audible over the cue.
    """
    share = _share(mood.arousal, type_mood.arousal)
    if not share:
        return bpm, bpm_range
    low, high = _widest_range(bpm_range, spoken_over=spoken_over)
    goal = high if share > 0 else low
    return bpm + (goal - bpm) * abs(share), (low, high)


def energy_at(energy: float, mood: Mood, type_mood: Mood) -> float:
    """Return the energy of a section (0..1) after arousal; louder sections stay louder than softer ones."""
    share = _share(mood.arousal, type_mood.arousal)
    least, kept = FULLEST if share > 0 else BAREST
    return energy + (least + kept * energy - energy) * abs(share)


def loudness_at(mood: Mood, type_mood: Mood) -> float:
    """Return the factor on the velocities of a section, in addition to what its energy does."""
    share = _share(mood.arousal, type_mood.arousal)
    return 1.0 + (LOUDEST - 1.0 if share > 0 else 1.0 - SOFTEST) * share


def register_at(mood_shift: Mood) -> float:
    """Return the semitones by which the melody should lie higher."""
    return VALENCE_LIFT * mood_shift.valence + AROUSAL_LIFT * mood_shift.arousal


def articulation_at(mood: Mood) -> str:
    """Choose the articulation of a melody whose recipe does not name one."""
    if mood.arousal < STILL_BELOW:
        return "legato"
    if mood.arousal <= DRIVEN_ABOVE:
        return "detached" if mood.valence > LIGHT_FOOTED and mood.tension < STILL_BELOW else "normal"
    return "accent" if mood.valence > LIGHT_FOOTED else "marcato"


def colours_at(weights: Mapping[str, float], mood_shift: Mood) -> dict[str, float]:
    """Adjust the weights of chord colours (see `specs.banks.harmony`) to tension."""
    if not mood_shift.tension:
        return dict(weights)
    fresh = max(0.0, mood_shift.tension) * NEW_COLOUR
    return {
        name: (weight + (fresh if COLOUR_TENSION.get(name, 0.0) > 0.5 else 0.0))
        * exp(COLOUR_TILT * mood_shift.tension * COLOUR_TENSION.get(name, 0.0))
        for name, weight in weights.items()
    }


def key_at(key: Key, before: Mood, now: Mood, draw: Stream) -> Key:
    """Choose the key to which a change of mood leads from `key`: another mode on the same tonic, or the relative key.

    Between modes with the same third the tonic stays. From major to minor or back, a large or tense change goes to the
    parallel key; a small calm one may go to the relative key.
    """
    mode = draw.child("mode").weighted(modes_at({key.mode: 1.0}, now.valence - before.valence, now.valence))
    if is_minor(mode) == key.minor:
        return key if abs(brightness(mode) - brightness(key.mode)) < 0.5 else key.with_mode(mode)
    wide = abs(now.valence - before.valence) > 1.0 or max(before.tension, now.tension) > 0.6
    if wide or draw.child("relative").chance(0.4):
        return key.with_mode(mode)
    return Key((key.tonic + (9 if is_minor(mode) else 3)) % 12, mode)


def with_mood(section: SectionPlan, mood: Mood, type_mood: Mood) -> SectionPlan:
    """Set the mood of a section and everything that follows from it, except its energy. type_mood: of the cue type."""
    mood_shift = difference(type_mood, mood)
    return replace(
        section, mood=mood, mood_shift=mood_shift, register=register_at(mood_shift), articulation=articulation_at(mood),
        loudness=loudness_at(mood, type_mood),
    )  # fmt: skip


def apply_mood(section: SectionPlan, mood: Mood, type_mood: Mood) -> SectionPlan:
    """Set the mood of a section of a form from the bank, and adjust its energy; breaks stay empty."""
    moved = with_mood(section, mood, type_mood)
    return moved if section.treatment_row.silent else replace(moved, energy=energy_at(section.energy, mood, type_mood))
