"""Appoggiaturas: lyrical melodies have some on long strong notes, others do not."""

from __future__ import annotations

import pytest
from tests.conftest import Composed

from cuesmith.composition.melody.appoggiatura import EVERY_BARS, add_appoggiatura, has_appoggiaturas
from cuesmith.music.chord import in_key, parse_roman
from cuesmith.music.note import PPQ, Note
from cuesmith.music.scale import Key
from cuesmith.score import ChordSpan

BAR = 4 * PPQ
HOME = Key(0, "ionian")


def chords(numeral: str, bars: int) -> tuple[ChordSpan, ...]:
    return (ChordSpan(0, bars * BAR, in_key(parse_roman(numeral), HOME), HOME),)


def test_the_longest_strong_chord_tone_gets_an_appoggiatura_from_above(composed: Composed) -> None:
    section = composed("symphonic", "despair", 1).score.plan.sections[0]  # in 4/4
    notes = (Note(0, PPQ, 76, 80), Note(PPQ, PPQ, 74, 80), Note(BAR, 3 * PPQ, 72, 80))
    found, free_from = add_appoggiatura(notes, chords("I", 4), section, 0)
    assert [(n.onset, n.duration, n.pitch) for n in found[2:]] == [(BAR, PPQ, 74), (BAR + PPQ, 2 * PPQ, 72)]
    assert free_from == BAR + EVERY_BARS * section.meter.bar_ticks
    assert add_appoggiatura(notes, chords("I", 4), section, BAR + 1)[0] == notes  # not yet again
    assert add_appoggiatura(notes, chords("I", 4), section, 0, ceiling=74)[0] == notes  # that would pass the climax


def test_a_tune_with_appoggiaturas_is_not_changed(composed: Composed) -> None:
    section = composed("symphonic", "despair", 1).score.plan.sections[0]  # in 4/4
    notes = (Note(0, PPQ, 74, 80), Note(PPQ, PPQ, 72, 80), Note(BAR, 3 * PPQ, 72, 80))
    assert add_appoggiatura(notes, chords("I", 4), section, 0)[0] == notes


@pytest.mark.parametrize(("type_", "wanted"), [("sad", True), ("love", True), ("battle", False), ("suspense", False)])
def test_calm_full_melodies_have_appoggiaturas(type_: str, wanted: bool, composed: Composed) -> None:
    assert has_appoggiaturas(composed("symphonic", type_, 1).score.plan) is wanted
