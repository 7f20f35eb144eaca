"""The main styles are distinguished by the notes of their MIDI files, and cues of one type differ from one another."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from tests.midi_features import NAMES, features
from tests.styles_apart import LEARNT_FROM, MAIN, TYPES, read

from cuesmith.cue.compose import compose
from cuesmith.cue.cue import Cue
from cuesmith.plan.model import SectionPlan
from cuesmith.score import Score

Composed = Callable[[str, str, int], Cue]

UNSEEN = 1
RIGHT = 0.9
SEEDS = range(40, 52)


def test_the_main_styles_are_distinguished_by_the_bytes_of_midi_files(composed: Composed) -> None:
    """The model was learned from other seeds (`python tests/styles_apart.py --learn`).

    It uses no names, no programs and not the type of cue.
    """
    assert UNSEEN not in LEARNT_FROM
    model = read()
    assert len(model.spread) == len(NAMES), "the figures have changed: learn again"
    taken = {(s, t): model.taken_for(features(composed(s, t, UNSEEN).midi())) for s in MAIN for t in TYPES}
    wrong = {place: name for place, name in taken.items() if place[0] != name}
    assert len(wrong) <= (1 - RIGHT) * len(taken), wrong


def test_figures_do_not_change_with_the_instruments() -> None:
    """The figures depend only on the notes: other programs and names do not change them."""
    import io

    import mido

    data = compose(style="jazz-rock", type="eyecatch", seed=2).midi()
    file = mido.MidiFile(file=io.BytesIO(data))
    for track in file.tracks:
        track[:] = [m.copy(program=0) if m.type == "program_change" else m for m in track if m.type != "track_name"]
    other = io.BytesIO()
    file.save(file=other)
    assert features(data).tolist() == features(other.getvalue()).tolist()


def tune(score: Score) -> tuple[tuple[int, int], ...]:
    """Return the melody as gaps between onsets and as intervals, so that the key does not matter."""
    top: dict[int, int] = {}
    for part in (p for p in score.parts if p.role == "lead"):
        for note in part.notes():
            top[note.onset] = max(top.get(note.onset, 0), note.pitch)
    return tuple((b - a, top[b] - top[a]) for a, b in pairwise(sorted(top)))


def groove(score: Score) -> tuple[tuple[tuple[str, ...], frozenset[int]], ...]:
    """Return for every section which grooves and figures are played, and the onsets."""
    out = []
    for section in score.plan.sections:
        found = [
            (part.id, passage)
            for part in score.parts
            if part.role in ("pulse", "bass", "ostinato")
            for passage in part.passages
            if passage.section == section.index
        ]
        names = tuple(sorted({f"{id_} {passage.device}" for id_, passage in found}))
        out.append((names, frozenset(n.onset - section.start for _, passage in found for n in passage.notes)))
    return tuple(out)


def layout(score: Score) -> tuple[object, ...]:
    """Return the form as realised: sections, bars, meters, keys, leads, and the tempo."""

    def row(section: SectionPlan) -> tuple[object, ...]:
        led = sorted(
            part.instrument
            for part in score.parts
            if part.role == "lead" and any(passage.section == section.index for passage in part.passages)
        )
        key = (section.key.tonic, section.key.mode)
        return (section.treatment, section.bars, str(section.meter), key, tuple(led))

    return (*map(row, score.plan.sections), round(score.plan.tempo.bpm(0), 1))


@pytest.mark.parametrize(
    ("style", "type_"),
    [("symphonic", "tender"), ("jazz-rock", "daily"), ("synth", "victory"), ("taiko-koto", "sad")],
)
def test_twelve_cues_of_one_type_all_differ(style: str, type_: str) -> None:
    """No two seeds share the melody, the grooves or the realised form.

    Most also differ in the number of bars and the order of sections.
    """
    scores = [compose(style=style, type=type_, seed=seed, seconds=40).score for seed in SEEDS]
    for heard in (tune, groove, layout):
        assert len({heard(score) for score in scores}) == len(scores), heard.__name__
    bare = {tuple((s.treatment, s.bars) for s in score.plan.sections) for score in scores}
    assert len(bare) >= len(scores) // 3
