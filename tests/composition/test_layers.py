"""One player plays one thing at a time: a later layer mutes the layers below it where it sounds."""

from __future__ import annotations

from tests.conftest import Composed

from cuesmith.composition.accompaniment.layers import stack_layers
from cuesmith.music.note import PPQ, Note
from cuesmith.score import Passage

BAR = 4 * PPQ
OWN_DEVICES = {"run", "rip", "theme underneath", "ending"}


def passage(device: str, *onsets: int, length: int = PPQ) -> Passage:
    return Passage(tuple(Note(onset, length, 60, 80) for onset in onsets), 0, device)


def test_a_later_layer_goes_first() -> None:
    own = passage("figure", *range(0, 2 * BAR, PPQ))
    pickup = passage("run", BAR - PPQ)
    tune = passage("tune", BAR, BAR + PPQ)
    found = stack_layers(
        ((own,), ()), ((pickup,), ((BAR - PPQ, BAR),)), ((tune,), ((BAR, BAR + 2 * PPQ),))
    )  # fmt: skip
    heard = {note.onset: p.device for p in found for note in p.notes}
    assert heard == {
        0: "figure", PPQ: "figure", 2 * PPQ: "figure", BAR - PPQ: "run", BAR: "tune", BAR + PPQ: "tune",
        BAR + 2 * PPQ: "figure", BAR + 3 * PPQ: "figure",
    }  # fmt: skip


def test_layers_stand_in_order_of_time_and_an_empty_one_changes_nothing() -> None:
    own = (passage("figure", 0, PPQ), passage("figure", BAR))
    assert stack_layers((own, ()), ((), ())) == own


def test_nobody_accompanies_himself_while_he_runs_up_to_a_section(composed: Composed) -> None:
    heard = 0
    for style in ("symphonic", "gothic"):
        for part in composed(style, "battle", 6).score.parts:
            runs = [p for p in part.passages if p.device in ("run", "rip")]
            heard += len(runs)
            for run in runs:
                start, end = run.notes[0].onset, run.notes[-1].onset
                others = [n for p in part.passages if p.device not in OWN_DEVICES for n in p.notes]
                assert not any(start <= n.onset < end for n in others), (part.id, run.device)
    assert heard
