"""Formats of television: a song for a singer, previews over on the second, eyecatches in pairs."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from tests.conftest import Composed

from cuesmith.casting.singer import COMPASS, GUIDE
from cuesmith.cue.compose import compose
from cuesmith.cue.cue import Cue
from cuesmith.cue.variants import vary
from cuesmith.errors import SpecError
from cuesmith.music.note import PPQ, Note
from cuesmith.score import Part
from cuesmith.show.compose_show import compose_show
from cuesmith.specs.load import load_show
from cuesmith.specs.show import CueSpec, Show, ThemeSpec

STYLES = ("jazz-rock", "symphonic", "synth", "taiko-koto", "ambient-scifi", "gothic", "mecha-prog")
SLOT_SEC = 0.5  # how early a preview is over
every_style = pytest.mark.parametrize("style", STYLES)


def guide(cue: Cue) -> Part:
    (found,) = [part for part in cue.score.parts if part.role == "guide"]
    return found


def sung(cue: Cue) -> list[Note]:
    return sorted(guide(cue).notes())


@every_style
def test_a_song_can_be_sung(style: str, composed: Composed) -> None:
    cue = composed(style, "tv_song", 1)
    notes, plan = sung(cue), cue.score.plan
    assert cue.seconds == 89
    pitches = [note.pitch for note in notes]
    assert max(pitches) - min(pitches) <= COMPASS
    assert min(pitches) >= 53 and max(pitches) <= 79
    phrase = notes[0].onset
    for before, after in pairwise(notes):
        assert before.end <= after.onset, "one voice"
        assert before.pitch != after.pitch or after.onset - before.onset >= PPQ // 2, "no drumming on one pitch"
        if after.onset - before.end >= PPQ // 2:
            assert before.end - phrase <= 4 * plan.section_at(phrase).meter.bar_ticks, "a breath in every four bars"
            phrase = after.onset
    for section in plan.sections:
        if not section.treatment_row.whole:
            assert not any(section.start <= note.onset < section.end for note in notes), (
                f"nobody sings in {section.name}"
            )
    assert {s.name[0] for s in plan.sections if any(s.start <= n.onset < s.end for n in notes)} >= {"A", "C"}


@every_style
def test_the_band_plays_without_the_singer(style: str, composed: Composed) -> None:
    cue = composed(style, "tv_song", 1)
    own = {(note.onset, note.pitch % 12) for note in sung(cue)}
    for part in cue.score.parts:
        if part.id != GUIDE:
            assert not any(p.device == f"doubles {GUIDE}" for p in part.passages)
    without = vary(cue.score, "B")
    assert [part.id for part in without.parts] == [part.id for part in cue.score.parts if part.id != GUIDE]
    answers = [
        n for part in without.parts if part.role == "lead" for p in part.passages
        if cue.score.plan.sections[p.section].treatment_row.whole and not p.device.startswith("doubles")
        for n in p.notes
    ]  # fmt: skip
    assert len({(n.onset, n.pitch % 12) for n in answers} & own) <= len(own) // 20, "answers do not sing along"


def test_the_guide_is_marked_in_the_file(composed: Composed) -> None:
    cue = composed("symphonic", "tv_song", 1)
    data = cue.midi()
    assert b"Vocal guide" in data
    assert b"mute it where the voice is" in data
    assert guide(cue).stem == "vocal"


def test_somebody_answers_the_singer(composed: Composed) -> None:
    found = 0
    for style in STYLES[:4]:
        score = composed(style, "tv_song", 1).score
        found += sum(
            p.statement is None and score.plan.sections[p.section].treatment_row.whole
            for part in score.parts if part.role == "lead" for p in part.passages
            if not p.device.startswith("doubles")
        )  # fmt: skip
    assert found >= 4


@pytest.mark.parametrize("seconds", [15.0, 30.0])
@pytest.mark.parametrize("style", STYLES[1:])
def test_a_preview_is_over_on_the_second(style: str, seconds: float) -> None:
    cue = compose(style=style, type="preview", seconds=seconds, seed=2)
    plan = cue.score.plan
    assert plan.tempo.seconds(plan.length) == pytest.approx(seconds, abs=1e-4)
    struck = [n for part in cue.score.parts for n in part.notes()]
    last = max(note.onset for note in struck)
    assert plan.tempo.seconds(last) == pytest.approx(seconds - SLOT_SEC, abs=1e-4)
    together = {part.role for part in cue.score.parts for n in part.notes() if n.onset == last}
    assert {"lead", "bass"} & together and len(together) >= 2
    chord = cue.score.harmony[-1].chord
    assert (chord.root, cue.score.harmony[-1].cadence) == (plan.sections[-1].key.tonic, "final")


def test_a_preview_that_meets_the_picture_has_no_slot() -> None:
    from cuesmith.specs.brief import Hit

    plan = compose(type="preview", seconds=20, seed=1, hits=(Hit(9.0),)).score.plan
    assert plan.sections[-1].meter.bar_ticks > PPQ


def pair(style: str, seed: int) -> tuple[Cue, ...]:
    cues = (CueSpec(id="M-501", type="eyecatch", pair=True, seconds=5),)
    show = Show(title="Break", seed=seed, style=style, themes={"hero": ThemeSpec(character="heroic")}, cues=cues)
    return compose_show(show).cues


def rhythm(cue: Cue) -> list[int]:
    """Onsets of the tune in the first section."""
    first = cue.score.plan.sections[0]
    return sorted({
        n.onset for part in cue.score.parts if part.role == "lead" for n in part.notes() if n.onset < first.end
    })  # fmt: skip


@every_style
def test_eyecatches_come_in_pairs(style: str) -> None:
    for seed in (1, 2):
        out, back = pair(style, seed)
        assert (out.brief.id, back.brief.id) == ("M-501", "M-501IN")
        assert out.seconds == back.seconds == 5
        assert out.score.plan.key == back.score.plan.key
        if len(out.score.plan.sections) > 1:
            assert rhythm(out) == rhythm(back), "one head"
        assert {s.theme for s in out.score.statements()} == {s.theme for s in back.score.statements()} == {"hero"}
        assert out.score.harmony[-1].cadence == "open"
        assert back.score.harmony[-1].cadence == "final"
        assert back.score.harmony[-1].chord.root == back.score.plan.key.tonic


def test_only_eyecatches_are_paired(tmp_path: Path) -> None:
    file = tmp_path / "show.yaml"
    file.write_text("title: Break\ncues:\n  - {id: M-401, type: battle, pair: true}\n", encoding="utf-8")
    with pytest.raises(SpecError, match=r"3:37: cues\[0\]\.pair: a battle does not come as a pair, only eyecatch"):
        load_show(file)
    with pytest.raises(ValueError, match="leave ending out"):
        CueSpec(id="M-501", type="eyecatch", pair=True, ending="ring")


def test_a_cue_ends_as_it_is_asked_to() -> None:
    show = Show(title="Ends", cues=(CueSpec(id="M-1", type="tender", seconds=40, ending="attacca"),))
    (cue,) = compose_show(show).cues
    assert cue.score.plan.ending == "attacca"
