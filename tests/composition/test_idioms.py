"""Idioms: each expected idiom of a style occurs in at least four of five cues of suitable types."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

import pytest
from tests.conftest import Composed

from cuesmith.cue.cue import Cue
from cuesmith.score import Passage

SEEDS = 4
ENOUGH = 6  # cues, without --full
SHARE = 0.8
RARE = {"runs", "horn rip", "harp glissando", "timpani roll", "pick-up licks"}  # one or two lead into a section
RARE_SHARE = 0.4
Occurs = Callable[[Cue], bool]


def device(*words: str) -> Occurs:
    """True for a cue with a passage whose device begins or ends with one of the words."""
    return lambda cue: any(d.startswith(words) or d.endswith(words) for d in _devices(cue))


def played(articulation: str, role: str) -> Occurs:
    """True for a cue with a passage of this role in this articulation."""
    return lambda cue: any(
        p.articulation == articulation for part in cue.score.parts if part.role == role for p in part.passages
    )


def drum(*pitches: int, soft: bool = False) -> Occurs:
    """True for a cue with four strokes on drums of these notes; `soft` means ghost notes."""
    return lambda cue: (
        sum(
            note.pitch in pitches and (not soft or note.velocity < 50)
            for part in cue.score.parts if part.drums
            for note in part.notes()
        ) >= 4
    )  # fmt: skip


def _devices(cue: Cue) -> set[str]:
    passages: list[Passage] = [p for part in cue.score.parts for p in part.passages]
    return {p.device for p in passages}


ACTION, BIG = ("battle", "chase", "training"), ("battle", "main_theme", "victory")
IDIOMS: dict[str, dict[str, tuple[tuple[str, ...], Occurs]]] = {
    "symphonic": {
        "spiccato": (("chase", "transform"), played("spiccato", "ostinato")),
        "ostinato": (("battle", "chase", "training"), device("_8", "_16", "drive_third", "theme underneath")),
        "tremolo": (("suspense", "tension", "mystery"), played("tremolo", "pad")),
        "runs": (BIG, device("run")),
        "harp glissando": (BIG, device("gliss")),
        "horn rip": (BIG, device("rip")),
        "brass stabs": (("battle", "chase", "victory"), device("hits")),
        "brass swells": (("main_theme", "setpiece"), device("brass_swells", "chorale")),
        "timpani roll": (BIG, device("roll")),
        "cymbal swell": (BIG, device("cymbal swell")),
    },
    "jazz-rock": {
        "sixteen-beat with ghosts": (ACTION, drum(38, soft=True)),
        "funk bass": (("battle", "training", "main_theme"), device("bass_funk", "bass_funk_2", "bass_funk_3")),
        "walking bass": (("comedy",), device("bass_walking", "bass_strolling")),
        "scratch": (ACTION, device("scratch")),
        "anticipations": (ACTION, device("comp_push", "organ_push", "hits_push")),
        "shout and stabs": (("battle", "victory"), device("hits")),
        "pick-up licks": (("battle", "victory"), device("rip", "run")),
        "fills": (ACTION, device("fill", "drum break")),
    },
    "synth": {
        "sequence": (ACTION, device("seq", "motif_16")),
        "octave or sequenced bass": (BIG, device("bass_octaves", "bass_synth", "bass_gallop")),
        "gated drums": (BIG, drum(39, 40)),
        "stabs": (BIG, device("hits", "synth_stabs")),
        "riser": (BIG, device("swell")),
        "fills": (ACTION, device("fill", "drum break")),
    },
    "taiko-koto": {
        "oroshi": (("battle", "main_theme"), device("oroshi")),
        "ma": (("battle", "main_theme"), device("ma")),
        "koto": (BIG, device("koto", "gliss")),
        "koto tremolo": (("battle", "main_theme", "march"), device("tremolo")),
        "shamisen": (("battle", "chase"), device("shamisen", "theme underneath")),
    },
}
CASES = [(style, idiom) for style, found in IDIOMS.items() for idiom in found]


@pytest.mark.parametrize(("style", "idiom"), CASES)
def test_an_idiom_occurs(style: str, idiom: str, composed: Composed, full: bool) -> None:
    types, occurs = IDIOMS[style][idiom]
    count = SEEDS if full else min(SEEDS, ceil(ENOUGH / len(types)))
    cues = [composed(style, type_, 1 + number) for type_ in types for number in range(count)]
    found = [occurs(cue) for cue in cues]
    wanted = RARE_SHARE if idiom in RARE else SHARE
    assert sum(found) >= wanted * len(found), f"{sum(found)} of {len(found)}"
