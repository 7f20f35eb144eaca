"""Where a cue lies in feeling: the place of its type, moved by a feeling's name, moved by numbers."""

from __future__ import annotations

from collections.abc import Mapping

from cuesmith.errors import UsageError, did_you_mean
from cuesmith.specs.banks.cue_types import CueType
from cuesmith.specs.banks.feelings import Feeling, feeling_named, feeling_words
from cuesmith.specs.brief import Beat, Brief, Mood

RANGES = {"valence": (-1.0, 1.0), "arousal": (0.0, 1.0), "tension": (0.0, 1.0)}  # of the three dials


def place_of(cue: CueType) -> Mood:
    """Where a cue type lies when nobody moves it."""
    return Mood(cue.valence, cue.arousal, cue.tension)


def feeling_row(word: str, rows: Mapping[str, Feeling]) -> Feeling:
    """The row of a feeling by any of its names. Raises UsageError for a word nobody knows."""
    name = feeling_named(word, rows)
    if name is None:
        raise UsageError(f"unknown feeling '{word}'{did_you_mean(word, feeling_words(rows))}")
    return rows[name]


def point_of(row: Feeling) -> Mood:
    """A feeling as a point."""
    return Mood(row.valence, row.arousal, row.tension)


def mood_of(brief: Brief, cue: CueType, rows: Mapping[str, Feeling]) -> Mood:
    """Where the cue lies: numbers go before the feeling's name, that before the type. Raises UsageError."""
    own = point_of(feeling_row(brief.feel, rows)) if brief.feel else place_of(cue)
    said = {"valence": brief.valence, "arousal": brief.arousal, "tension": brief.tension}
    for name, value in said.items():
        low, high = RANGES[name]
        if value is not None and not low <= value <= high:
            raise UsageError(f"a {name} of {value:g} is out of range: {low:g} to {high:g}")
    return own._replace(**{name: value for name, value in said.items() if value is not None})


def between(a: Mood, b: Mood, share: float) -> Mood:
    """The mood at `share` 0..1 of the way from a to b."""
    return Mood(*(x + (y - x) * share for x, y in zip(a, b, strict=True)))


def distance(a: Mood, b: Mood) -> Mood:
    """How far b lies from a, dial by dial."""
    return Mood(*(y - x for x, y in zip(a, b, strict=True)))


def recipe_of(brief: Brief, rows: Mapping[str, Feeling]) -> str | None:
    """The recipe that the feeling of the cue has for its theme, if any."""
    return feeling_row(brief.feel, rows).recipe if brief.feel else None


def beat_mood(beat: Beat, before: Mood, rows: Mapping[str, Feeling]) -> Mood:
    """The mood from a beat on; a beat without a feeling keeps what was."""
    return point_of(feeling_row(beat.feel, rows)) if beat.feel else before
