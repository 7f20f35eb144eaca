"""The highest note of a cue: when it comes too early or too late, one note of the climax is raised and nothing else."""

from __future__ import annotations

from itertools import product

import pytest
from tests.conftest import Composed

from cuesmith.composition.melody.climax_note import FARTHEST, FROM, LEAST_SEC, TO, with_climax_note
from cuesmith.music.note import PPQ, Note
from cuesmith.plan.model import Plan
from cuesmith.score import Passage
from cuesmith.specs.banks.library import load_banks

CUES = list(product(("symphonic", "jazz-rock", "synth", "taiko-koto"), ("battle", "love", "main_theme", "training")))


def _tune(plan: Plan, top_at: float) -> list[Passage]:
    """Return arches of one bar in quarter notes, all the same except for one higher note."""
    top = round(top_at * plan.length) // PPQ * PPQ
    notes = [
        Note(tick, PPQ, 76 if tick == top else (67, 71, 74, 71)[tick // PPQ % 4], 80)
        for tick in range(0, plan.length, PPQ)
    ]
    return [Passage(tuple(notes), plan.climax.index, "violins", "normal")]


@pytest.mark.parametrize(("style", "type_"), CUES)
def test_a_late_or_early_peak_gets_a_higher_note_at_two_thirds(style: str, type_: str, composed: Composed) -> None:
    score = composed(style, type_, 1).score
    violin, plan = load_banks().instruments["violin"], score.plan
    for place in (0.1, 0.9):
        (before,) = _tune(plan, place)
        (after,) = with_climax_note(plan, score.harmony, [before], "violins", violin)
        (old, new), *others = [(a, b) for a, b in zip(before.notes, after.notes, strict=True) if a != b]
        assert not others
        assert new == old._replace(pitch=new.pitch)
        assert max(n.pitch for n in before.notes) < new.pitch <= min(old.pitch + FARTHEST, violin.sweet[1])
        assert FROM <= plan.tempo.seconds(new.onset) / plan.seconds <= TO


def test_a_good_peak_and_other_parts_do_not_change(composed: Composed) -> None:
    score = composed("symphonic", "battle", 1).score
    violin = load_banks().instruments["violin"]
    well, late = _tune(score.plan, 0.7), _tune(score.plan, 0.9)
    assert with_climax_note(score.plan, score.harmony, well, "violins", violin) == well
    assert with_climax_note(score.plan, score.harmony, late, "flute", violin) == late
    short = composed("symphonic", "stinger", 1).score
    assert short.plan.seconds < LEAST_SEC
    assert with_climax_note(short.plan, short.harmony, _tune(short.plan, 0.9), "violins", violin) == _tune(
        short.plan, 0.9
    )
