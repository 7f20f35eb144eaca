"""The promises of the editing steps are true of the finished score, not only directly after each step."""

from __future__ import annotations

import json
from itertools import pairwise, product

import pytest
from tests.conftest import Composed

from cuesmith.critic.critique import critique
from cuesmith.cue.compose import compose
from cuesmith.cue.cue import Cue
from cuesmith.cue.edit_score import STEPS
from cuesmith.cue.last_resort import CLASHING
from cuesmith.orchestrate.breathing_gaps import SPARE
from cuesmith.orchestrate.fill_long_silence import LONGEST_SEC
from cuesmith.orchestrate.loudness.hit_growth import LOUDEST
from cuesmith.orchestrate.rests.bar_sets import sounding_bars
from cuesmith.orchestrate.rests.drum_pickups import NEVER_REST
from cuesmith.score import Part
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.brief import Hit

STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto", "gothic", "festival")
PLAIN = tuple(product(STYLES, ("battle", "daily", "sad", "suite", "victory")))
HITS = (Hit(9.5, "accent"), Hit(21.2, "stop", 0.6), Hit(33.0, "silence", 0.6), Hit(46.0, "climax", 0.6))
IN_BREATHS = ("symphonic", "taiko-koto", "gothic")


@pytest.fixture(
    scope="module",
    params=[*PLAIN, *((style, "hits") for style in STYLES), *((style, "free") for style in IN_BREATHS)],
    ids="-".join,
)
def cue(request: pytest.FixtureRequest, composed: Composed) -> Cue:
    """Cues of many kinds: plain ones, some with hit points, some in free meter."""
    style, type_ = request.param
    if type_ == "hits":
        return compose(style=style, type="setpiece", seconds=60, seed=6, hits=HITS)
    if type_ == "free":
        return compose(style=style, type="ceremony", seed=6, meter="free")
    return composed(style, type_, 1)


def pitched(cue: Cue) -> list[Part]:
    return [part for part in cue.score.parts if not (part.drums or part.percussive)]


def test_nothing_clashes(cue: Cue, banks: Banks) -> None:
    report = critique(cue.score, cue.themes, banks)
    assert not [finding for finding in report.findings if finding.rule in CLASHING and finding.severity == 1]


def test_no_player_plays_two_things_at_once(cue: Cue) -> None:
    for part in pitched(cue):
        last: dict[int, int] = {}
        for note in sorted(part.notes()):
            assert note.onset >= last.get(note.pitch, 0), (part.id, note)
            last[note.pitch] = note.end


def test_notes_last_and_end_with_the_cue(cue: Cue) -> None:
    for part in cue.score.parts:
        assert all(note.duration > 0 and note.onset >= 0 and note.end <= cue.score.plan.length for note in part.notes())


def test_notes_lie_in_the_range_of_the_instrument(cue: Cue, banks: Banks) -> None:
    for part in pitched(cue):
        low, high = banks.instruments[part.instrument].range
        assert all(low <= note.pitch <= high for note in part.notes()), part.id


def test_no_bar_is_empty(cue: Cue) -> None:
    """Except for silences of the picture, breaks of the form, and free meter, where bars are not counted."""
    plan = cue.score.plan
    if plan.free:
        return
    lines = plan.bar_lines()
    heard = sounding_bars([note for part in cue.score.parts for note in part.notes()], lines)
    meant = {hit.tick for hit in plan.hits if hit.kind in ("stop", "silence")}
    for bar, (start, end) in enumerate(pairwise(lines)):
        asked = any(start - (end - start) <= tick < end for tick in meant)
        empty = not heard >> bar & 1
        assert not empty or asked or plan.section_at(start).treatment == "break" or plan.ending == "ma_stop", bar


def test_who_rests_is_silent(cue: Cue) -> None:
    if cue.score.plan.free:
        return  # the spans are those of the even sheet
    for part in cue.score.parts:
        for start, end in cue.score.rests.get(part.seat, ()):
            inside = {p.device for p in part.passages for note in p.notes if start <= note.onset < end}
            assert inside <= {"pick-up", *NEVER_REST}, (part.id, start)


def test_hits_are_played(cue: Cue) -> None:
    onsets = {note.onset for part in cue.score.parts for note in part.notes()}
    assert all(hit.tick in onsets for hit in cue.score.plan.hits if hit.kind in ("accent", "climax"))


def test_breaths_are_long_enough(cue: Cue, banks: Banks) -> None:
    plan = cue.score.plan
    for part in pitched(cue):
        row = banks.instruments[part.instrument]
        if row.voices > 1 or not row.breath_sec:
            continue
        for note in part.notes():
            lasts = plan.tempo.seconds(note.end) - plan.tempo.seconds(note.onset)
            assert lasts <= SPARE * row.breath_sec + 0.05, (part.id, note)


def test_free_meter_has_no_long_silence(cue: Cue) -> None:
    plan = cue.score.plan
    if not plan.free:
        return
    reached = 0
    for note in sorted(note for part in cue.score.parts for note in part.notes()):
        assert not reached or plan.tempo.seconds(note.onset) - plan.tempo.seconds(reached) <= 1.1 * LONGEST_SEC
        reached = max(reached, note.end)


def test_velocities_are_in_range(cue: Cue) -> None:
    assert all(1 <= note.velocity <= max(124, LOUDEST) for part in cue.score.parts for note in part.notes())


def test_the_changes_of_each_step_are_counted(cue: Cue) -> None:
    names = [step.name for step in STEPS]
    assert [count.step for count in cue.score.steps] == names
    assert len(names) <= 10 and len(set(names)) == len(names)
    assert all(step.promise for step in STEPS)
    told = json.loads(json.dumps(cue.explain()))["steps"]
    assert [row["step"] for row in told] == names
    assert all(row.keys() == {"step", "promise", "added", "removed", "changed", "parts"} for row in told)


def test_a_step_changes_nothing_when_there_is_nothing_to_do(composed: Composed) -> None:
    for style in ("synth", "jazz-rock"):
        counts = {count.step: count for count in composed(style, "battle", 6).score.steps}
        assert counts["hits"][2:] == counts["free meter"][2:] == counts["long silences"][2:] == (0, 0, 0, 0)
        assert counts["rests"].removed > 0
