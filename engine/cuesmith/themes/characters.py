"""Characters between the named ones, given by valence (-1 dark .. 1 bright) and arousal (0 still .. 1 excited).

A point is a blend of the characters around it; nearer ones have more weight. A blend alone does not guarantee that
brighter is brighter and that more excited is denser, so modes and note counts are computed from the two numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from cuesmith.music.scale import brightness
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.banks.themes import Character

# fmt: off
VALENCE, AROUSAL = 0.0, 0.45  # default of each number when only the other is given
REACH            = 0.28       # distance at which the weight of a character falls to 1/e
OWN              = 3.0        # factor on the weight of a character that is named beside the numbers
NOTES            = (6.0, 6.0) # notes of an idea at arousal 0, and how many more at arousal 1
NOTES_SPAN       = 1.5        # plus or minus this many notes
DARKEST, BRIGHTEST = -1.0, 1.0 # mode brightness wanted at valence -1 and at valence 1
BRIGHTNESS_SPAN  = 0.45       # distance in brightness at which the weight of a scale falls to 1/e
# fmt: on


def distance(row: Character, valence: float, arousal: float) -> float:
    """Return the distance of a character from a point, 0 .. about 1.4; both axes are scaled to length 1."""
    return math.hypot((row.valence - valence) / 2, row.arousal - arousal)


def nearest_character(valence: float, arousal: float, banks: Banks) -> str:
    """Return the name of the character nearest to a point."""
    return min(banks.characters, key=lambda name: (distance(banks.characters[name], valence, arousal), name))


def character_at(valence: float | None, arousal: float | None, banks: Banks, name: str = "") -> tuple[str, Character]:
    """Return the character at a point, and the name that describes it best.

    name: a named character that gets more weight; its own numbers replace those that are None.

    Without numbers, the named character is returned unchanged. Raises KeyError for a name that is not in the bank.
    """
    if valence is None and arousal is None:
        return name, banks.characters[name]
    own = banks.characters[name] if name else None
    at_valence = valence if valence is not None else own.valence if own else VALENCE
    at_arousal = arousal if arousal is not None else own.arousal if own else AROUSAL
    weights = {
        row: math.exp(-((distance(character, at_valence, at_arousal) / REACH) ** 2)) * (OWN if row == name else 1.0)
        for row, character in banks.characters.items()
    }
    if name:
        weights[name] = max(weights[name], max(weights.values()))
    known = sum(weights.values())
    shares = {row: weight / known for row, weight in weights.items() if weight >= 0.02 * known}
    label = name or nearest_character(at_valence, at_arousal, banks)
    return label, _blend(shares, label, at_valence, at_arousal, banks)


def _blend(shares: Mapping[str, float], label: str, valence: float, arousal: float, banks: Banks) -> Character:
    rows = {name: banks.characters[name] for name in shares}

    def mixed(table: str) -> dict[str, float]:
        """Average the weights of a table over all characters; each table is first scaled to sum 1."""
        out: dict[str, float] = {}
        for name, share in shares.items():
            weights: Mapping[str, float] = getattr(rows[name], table)
            whole = sum(weights.values())
            for key, weight in weights.items():
                out[key] = out.get(key, 0.0) + share * weight / whole
        return out

    def mean(values: Iterable[float]) -> float:
        return sum(share * value for share, value in zip(shares.values(), values, strict=True)) / sum(shares.values())

    def pair(table: str) -> tuple[int, int]:
        bounds = [getattr(row, table) for row in rows.values()]
        return round(mean(low for low, _ in bounds)), round(mean(high for _, high in bounds))

    wanted = DARKEST + (BRIGHTEST - DARKEST) * (valence + 1) / 2
    scales = {
        name: weight * math.exp(-(((brightness(banks.scales[name].mode) - wanted) / BRIGHTNESS_SPAN) ** 2))
        for name, weight in mixed("scales").items()
    }
    notes = NOTES[0] + NOTES[1] * arousal
    whole = sum(mixed("intervals").values())
    return replace(
        rows.get(label, next(iter(rows.values()))),
        valence=valence,
        arousal=arousal,
        scales=scales,
        cells=mixed("cells"),
        contours=mixed("contours"),
        intervals={name: 100 * weight / whole for name, weight in mixed("intervals").items()},
        leaps=pair("leaps"),
        ambitus=pair("ambitus"),
        density=(max(5, round(notes - NOTES_SPAN)), round(notes + NOTES_SPAN)),
        register=round(mean(row.register for row in rows.values())),
        words=(),
    )
