"""Style checks: a style from which no cue can be made is rejected, with place and a guess."""

from __future__ import annotations

import pytest

from cuesmith.errors import SpecError
from cuesmith.specs.load import style_from
from cuesmith.specs.yaml.document import parse_document

HEAD = "title: Mine\nextends: jazz-rock\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "keys: {major: [C, H], minor: [D]}",
            "3:19: keys.major[1]: 'H' is not a note name; write it like C, F# or Bb; did",
        ),
        ("keys: {major: [C], minor: [Am]}", "3:28: keys.minor[0]: 'Am' is not a note name"),
        ("keys: {major: [], minor: [D]}", "keys.major: no tonic to choose from"),
        ("kin: [symphonik]", "3:7: kin[0]: unknown style 'symphonik'; did you mean 'symphonic'?"),
        ("colour: {triad: -1}", "3:17: colour.triad: a weight of -1; weights are 0 or more"),
        (
            'cues: {battle: {meters: {"7/8(2+2+4)": 1}}}',
            "7/8(2+2+4)\"]: '7/8(2+2+4)' is not a meter (7/8: groups 2+2+4 do",
        ),
        ('cues: {battle: {meters: {"1/16": 1}}}', "a bar of 1/16 holds 0.25 quarter notes; it takes 1 to 8"),
        (
            'cues: {battle: {meters: {"4/4": 0}}}',
            "cues.battle.meters: nothing to choose from: one weight must be above 0",
        ),
        (
            "cues: {battle: {modes: {minor: 1}}}",
            "3:25: cues.battle.modes.minor: unknown mode 'minor'; did you mean 'aeolian'?",
        ),
        ("cues: {battle: {modes: {dorain: 1}}}", "unknown mode 'dorain'; did you mean 'dorian'?"),
        (
            "cues: {battle: {tempo: [8, 10]}}",
            "8 to 10 quarter notes per minute cannot be played; a tempo lies between 30",
        ),
        ("cues: {battle: {recipes: {plain: 0}}}", "cues.battle.recipes: nothing to choose from"),
        (
            "cues: {battle: {omit: [flute, sax, muted, trumpets, guitar_lead]}}",
            "nobody is left to lead; keep one of flute",
        ),
        ("cues: {battle: {seats: {bass: {voices: 9}}}}", "cues.battle.seats.bass.voices: 9 is too large"),
        (
            "cues: {battle: {seats: {bass: {instruments: {}}}}}",
            "cues.battle.seats.bass.instruments: nothing to choose from",
        ),
        (
            "cues: {battle: {seats: {bass: {textures: {comp_push: 1}}}}}",
            "'comp_push' is a texture for pad seats, not for a",
        ),
        ("seats: {clav: {textures: {bass_funk: 1}}}", "not for a seat that plays ostinato; did you mean 'clav_funk'?"),
        ("seats: {flute: {levels: [3, 1]}}", "3:25: seats.flute.levels: from 3 to 1 there is no level; write [1, 3]"),
        ("seats: {flute: {articulation: legatto}}", "unknown articulation 'legatto'; did you mean 'legato'?"),
        ("seats: {bass: {role: pulse}}", "seats.bass.role: a kit plays the role pulse, and only a kit does"),
        ("seats: {tenor_8vb: {double: tenor_8vb}}", "a seat cannot double itself; name another one, or lead"),
    ],
)  # fmt: skip
def test_refused_at_its_place(text: str, message: str) -> None:
    with pytest.raises(SpecError) as fault:
        style_from(parse_document(HEAD + text + "\n", "mine.yaml"))
    assert message in str(fault.value)
    assert all(line.startswith("mine.yaml:") or ".yaml:" in line for line in str(fault.value).splitlines())


def test_every_fault_is_told_at_once() -> None:
    text = "keys: {major: [H], minor: [D]}\ncues: {battle: {modes: {minor: 1}, tempo: [1, 2]}}\n"
    with pytest.raises(SpecError) as fault:
        style_from(parse_document(HEAD + text, "mine.yaml"))
    assert [line.split(":")[1] for line in str(fault.value).splitlines()] == ["3", "4", "4"]
