"""Rows of the bank of feelings: the mood of a word, and how a theme comes back with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from cuesmith.errors import did_you_mean
from cuesmith.specs.banks.fields import STRICT, Signed, Unit
from cuesmith.specs.banks.themes import PLAIN
from cuesmith.specs.yaml.place import Problem


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Feeling:
    """A feeling, or a subject of a story, as a mood. recipe: how a theme comes back. words: other names."""

    kind: Literal["feeling", "theme"] = "feeling"
    valence: Signed
    arousal: Unit
    tension: Unit
    about: Annotated[str, Field(min_length=1)]
    recipe: str | None = None
    words: tuple[str, ...] = ()


def find_feeling(word: str, rows: Mapping[str, Feeling]) -> str | None:
    """Return the name of the row for a word: its name or one of its other words; None when there is none."""
    plain = word.strip().lower().replace(" ", "_")
    if plain in rows:
        return plain
    return next((name for name, row in rows.items() if plain in row.words), None)


def feeling_words(rows: Mapping[str, Feeling]) -> list[str]:
    """Return all words that may be used, names first."""
    return [*rows, *(word for row in rows.values() for word in row.words)]


def feeling_problems(rows: Mapping[str, Feeling], recipes: Iterable[str]) -> Iterator[Problem]:
    """Yield unknown recipes, and words that belong to two rows."""
    known = [PLAIN, *recipes]
    taken: dict[str, str] = {}
    for name, row in rows.items():
        if row.recipe is not None and row.recipe not in known:
            yield Problem((name, "recipe"), f"unknown recipe '{row.recipe}'{did_you_mean(row.recipe, known)}")
        for index, word in enumerate(row.words):
            owner = word if word in rows else taken.get(word)
            if owner is not None:
                yield Problem((name, "words", index), f"'{word}' already stands for {owner}")
            taken.setdefault(word, name)
