"""Compute the mood of a cue: that of its type, replaced by a named feeling, then by single numbers."""

from __future__ import annotations

from collections.abc import Mapping

from cuesmith.errors import UsageError, did_you_mean, with_article
from cuesmith.specs.banks.cue_types import CueType
from cuesmith.specs.banks.feelings import Feeling, feeling_words, find_feeling
from cuesmith.specs.brief import Beat, Brief, Mood

RANGES = {"valence": (-1.0, 1.0), "arousal": (0.0, 1.0), "tension": (0.0, 1.0)}  # of the three mood dials


def type_mood_of(cue: CueType) -> Mood:
    """Return the usual mood of a cue type."""
    return Mood(cue.valence, cue.arousal, cue.tension)


def feeling_row(word: str, rows: Mapping[str, Feeling]) -> Feeling:
    """Return the row of a feeling by any of its names. Raises UsageError for an unknown word."""
    name = find_feeling(word, rows)
    if name is None:
        raise UsageError(f"unknown feeling '{word}'{did_you_mean(word, feeling_words(rows))}")
    return rows[name]


def feeling_mood(row: Feeling) -> Mood:
    """Return the mood of a feeling."""
    return Mood(row.valence, row.arousal, row.tension)


def mood_of(brief: Brief, cue: CueType, rows: Mapping[str, Feeling]) -> Mood:
    """Return the mood of a cue. Numbers in the brief override its feeling, which overrides the type.

    Raises UsageError for an unknown feeling or a number out of range.
    """
    usual = feeling_mood(feeling_row(brief.feel, rows)) if brief.feel else type_mood_of(cue)
    said = {"valence": brief.valence, "arousal": brief.arousal, "tension": brief.tension}
    for name, value in said.items():
        low, high = RANGES[name]
        if value is not None and not low <= value <= high:
            raise UsageError(f"{with_article(name)} of {value:g} is out of range: {low:g} to {high:g}")
    return usual._replace(**{name: value for name, value in said.items() if value is not None})


def interpolate(a: Mood, b: Mood, share: float) -> Mood:
    """Return the mood at `share` (0..1) of the way from `a` to `b`."""
    return Mood(*(x + (y - x) * share for x, y in zip(a, b, strict=True)))


def difference(a: Mood, b: Mood) -> Mood:
    """Return b - a for each dial."""
    return Mood(*(y - x for x, y in zip(a, b, strict=True)))


def recipe_of(brief: Brief, rows: Mapping[str, Feeling]) -> str | None:
    """Return the recipe that the feeling of the cue gives to its themes, or None."""
    return feeling_row(brief.feel, rows).recipe if brief.feel else None


def beat_mood(beat: Beat, before: Mood, rows: Mapping[str, Feeling]) -> Mood:
    """Return the mood from a beat on; a beat without a feeling keeps the mood before it."""
    return feeling_mood(feeling_row(beat.feel, rows)) if beat.feel else before
