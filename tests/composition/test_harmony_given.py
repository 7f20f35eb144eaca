"""Chords given by a person: they are kept exactly, and the cue has the ending that was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuesmith.cue.compose import compose
from cuesmith.cue.cue import Cue
from cuesmith.errors import ComposeError, SpecError, UsageError
from cuesmith.show.compose_show import compose_show
from cuesmith.specs.load import load_show

SHOW = """
title: Given
style: synth
themes: {hero: {character: heroic}}
cues:
  - {id: M-1, type: daily, seconds: 60, chords: %s}
"""


def charts(cue: Cue) -> dict[str, list[str]]:
    sections = cue.explain()["sections"]
    assert isinstance(sections, list)
    return {section["name"]: section["chords"][2:-2].split(" | ") for section in sections}


def show(tmp_path: Path, chords: str) -> Path:
    file = tmp_path / "show.yaml"
    file.write_text(SHOW % chords, "utf-8")
    return file


def test_symbols_are_kept_and_name_the_key() -> None:
    cue = compose(type="tender", seconds=60, seed=3, chords="GM7 A7 | F#m7 Bm7")
    assert cue.score.plan.key.name == "D major"
    found = [bar for bars in charts(cue).values() for bar in bars]
    assert found[:-1] == (["GM7 A7", "F#m7 Bm7"] * 40)[: len(found) - 1]
    assert cue.score.harmony[-1].chord.root == cue.score.plan.key.tonic, "the ring needs its chord"


def test_numerals_follow_the_key() -> None:
    cue = compose(type="battle", seconds=60, seed=1, key="E minor", chords="i bVI | bIII bVII")
    assert {span.symbol for span in cue.score.harmony} == {"Em", "C", "G", "D"}
    assert {span.device for span in cue.score.harmony[:-1]} == {"given"}


def test_chords_that_close_are_left_alone() -> None:
    cue = compose(type="daily", seconds=60, seed=1, key="C major", chords="C | F | G7 | C")
    if cue.score.plan.bars % 4 == 0:
        assert {span.device for span in cue.score.harmony} == {"given"}
    assert cue.score.harmony[-1].symbol == "C"
    assert cue.score.harmony[-1].cadence == "final"


def test_a_section_may_have_its_own(tmp_path: Path) -> None:
    cue = compose_show(show(tmp_path, '{A: "I | IV | V | I"}')).cues[0]
    key = cue.score.plan.key
    given = [span for span in cue.score.harmony if span.device == "given"]
    section = next(section for section in cue.score.plan.sections if section.name == "A")
    assert given
    assert all(section.start <= span.onset < section.end for span in given)
    assert {(span.chord.root - key.tonic) % 12 for span in given} == {0, 5, 7}
    assert len({span.symbol for span in cue.score.harmony}) > 3, "the other sections have chords of their own"


def test_a_section_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        SpecError, match=r"show.yaml:6:\d+: cues\[0\].chords.AA: unknown section 'AA'; did you mean 'A'\?"
    ):
        compose_show(show(tmp_path, '{AA: "I"}'))
    with pytest.raises(ComposeError, match=r"section 'AA'.*did you mean 'A'\?"):
        compose(chords={"AA": "I"})


@pytest.mark.parametrize("chords", ['"GM7 | Qm7"', '{A: "GM7 | Qm7"}'])
def test_faults_of_a_show_stand_at_their_place(tmp_path: Path, chords: str) -> None:
    with pytest.raises(SpecError, match=r"show.yaml:6:\d+: .*column 7: 'Qm7' is not a chord"):
        load_show(show(tmp_path, chords))


def test_faults_of_a_call() -> None:
    with pytest.raises(UsageError, match=r"chords, column 5: 'A77'.*did you mean 'A7'"):
        compose(chords="GM7 A77")
