"""Echoes: a long silence in free meter is answered once, unless the picture asks for the silence."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from cuesmith.cue.compose import compose
from cuesmith.music.note import PPQ, Note
from cuesmith.orchestrate.fill_long_silence import LONGEST_SEC, SOFTER, with_echoes
from cuesmith.plan.model import Plan, PlannedHit
from cuesmith.score import Part, Passage
from cuesmith.specs.brief import HitKind


@cache
def score(meter: str) -> tuple[Plan, Part]:
    made = compose(style="symphonic", type="ambient", meter=meter, seed=2).score
    return made.plan, next(part for part in made.parts if part.role == "lead")


def alone(part: Part, *notes: Note) -> Part:
    return replace(part, passages=(Passage(notes, 0, "test"),))


def test_who_played_last_strikes_again_in_the_middle_and_softer() -> None:
    plan, lead = score("free")
    (late,) = plan.tempo.ticks_array(np.array([3 * LONGEST_SEC])).tolist()
    first, other, last = Note(0, PPQ, 60, 80), Note(0, PPQ, 64, 80), Note(late, PPQ, 62, 80)
    (found,) = with_echoes([alone(lead, first, other, last)], plan)
    echoes = [n for n in found.notes() if n not in (first, other, last)]
    assert {n.pitch for n in echoes} == {60, 64}
    assert {n.onset for n in echoes} == {(PPQ + late) // 2}
    assert {n.velocity for n in echoes} == {80 - SOFTER}
    assert all(n.end <= late for n in echoes)


@pytest.mark.parametrize("kind", ["silence", "stop"])
def test_silences_of_the_picture_and_of_metered_music_stay(kind: HitKind) -> None:
    plan, lead = score("free")
    far = alone(lead, Note(0, PPQ, 60, 80), Note(plan.length - PPQ, PPQ, 62, 80))
    hit = PlannedHit(at_sec=2.0, kind=kind, weight=1.0, tick=2 * PPQ, bar=1, beat=3.0, reached_sec=2.0)
    assert with_echoes([far], replace(plan, hits=(hit,))) == (far,)
    metered, other = score("4/4")
    rest = alone(other, Note(0, PPQ, 60, 80), Note(metered.length - PPQ, PPQ, 62, 80))
    assert with_echoes([rest], metered) == (rest,)
