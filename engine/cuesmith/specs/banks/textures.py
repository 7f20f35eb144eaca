"""Rows of the bank of textures: accompaniment patterns."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from cuesmith.specs.banks.fields import STRICT, ArticulationName

TextureTag = Literal["kick", "cluster", "free", "swing", "latin", "moves"]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Texture:
    """An accompaniment pattern for a pad, ostinato, bass or impact seat.

    kind: sustain (held chord), chord (grid of full chords), arpeggio (chord tones by number), degree (scale degrees
        above the key or the chord root), bass (R root, 3 5 7 chord tones, 8 octave, w walking, a approach), motif
        (start of the theme).
    unit: pattern steps per quarter note (1 quarters, 2 eighths, 3 triplets, 4 sixteenths).
    pattern: tokens separated by spaces; . rest, - hold; ! after a token accents it, ~ makes it a ghost note.
    gate: share of the length that sounds. anchor: what degree 1 is.
    """

    role: Literal["pad", "ostinato", "bass", "impact"]
    kind: Literal["sustain", "chord", "arpeggio", "degree", "bass", "motif"]
    unit: Annotated[int, Field(ge=1, le=4)] = 2
    pattern: str = ""
    triple: str = ""  # pattern for 3/4, 6/8 and 12/8 (one dotted half); "": `pattern`, cut
    compound: str = ""  # pattern for 6/8, 9/8 and 12/8, where it differs from that for 3/4
    gate: Annotated[float, Field(gt=0, le=1.2)] = 0.9
    anchor: Literal["root", "tonic"] = "root"
    articulation: ArticulationName = "normal"
    velocity: int = 0
    tags: tuple[TextureTag, ...] = ()
