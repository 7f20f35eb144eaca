"""Calls of the drummers, and heterophony: how they are written."""

from __future__ import annotations

from tests.conftest import Composed

from cuesmith.music.note import PPQ

CUES = (("battle", 1), ("main_theme", 1), ("chase", 1))


def test_a_call_comes_a_beat_before_a_bar_line(composed: Composed) -> None:
    found = 0
    for type_, seed in CUES:
        cue = composed("taiko-koto", type_, seed)
        plan = cue.score.plan
        for part, track in zip(cue.score.parts, cue.performance.tracks, strict=True):
            for passage in part.passages:
                if passage.device != "kakegoe":
                    continue
                found += 1
                section = plan.sections[passage.section]
                (note,) = passage.notes
                assert note.onset == section.end - PPQ
                assert note.duration < PPQ // 2
                assert any(curve.kind == "bend" for curve in track.curves)
    assert found >= 1


def test_heterophony_follows_the_tune(composed: Composed) -> None:
    """Except for neighbour notes and repeated strokes, notes have the onsets and pitch classes of the melody."""
    found = 0
    for type_, seed in CUES:
        cue = composed("taiko-koto", type_, seed)
        tune = {(n.onset, n.pitch % 12) for part in cue.score.parts if part.role == "lead" for n in part.notes()}
        for part in cue.score.parts:
            for passage in part.passages:
                if passage.device != "heterophony":
                    continue
                found += 1
                alike = sum((n.onset, n.pitch % 12) in tune for n in passage.notes)
                assert alike >= 0.3 * len(passage.notes)
    assert found >= 1
