"""Contracts of the cue types: lengths, forms, tempi, and what the other banks must have for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuesmith.music.meter import parse_meters
from cuesmith.music.scale import MODES
from cuesmith.specs.banks.library import load_banks

BANKS = load_banks()

# the consistent example of each cue type: bpm, bars of 4/4, seconds
EXAMPLES = {
    "main_theme": (120, 60, 120),
    "character":  (88, 32, 87),
    "daily":      (108, 48, 107),
    "comedy":     (140, 30, 51.4),
    "tender":     (72, 32, 107),
    "love":       (76, 40, 126),
    "sad":        (63, 28, 107),
    "despair":    (56, 20, 86),
    "suspense":   (92, 36, 94),
    "mystery":    (84, 32, 91),
    "horror":     (50, 16, 77),
    "tension":    (139, 22, 38),
    "battle":     (152, 72, 114),
    "chase":      (144, 48, 80),
    "transform":  (138, 24, 42),
    "victory":    (126, 20, 38),
    "defeat":     (60, 10, 40),
    "march":      (104, 40, 92),
    "bridge":     (96, 4, 10),
    "preview":    (132, 8, 14.5),
    "fanfare":    (108, 6, 13),
    "ambient":    (60, 36, 144),
    "ceremony":   (54, 22, 98),
    "training":   (120, 44, 88),
    "tv_song":    (129.4, 48, 89),
}  # fmt: skip
# several tempi, or shorter than their bars
FREE_LENGTH = {"setpiece", "eyecatch", "stinger", "suite", "overture", "concert"}

FAMILIES = ("orchestral", "jazzrock", "synth", "taiko")


def test_examples_fit_their_cue_types() -> None:
    assert set(EXAMPLES) | FREE_LENGTH == set(BANKS.cue_types)
    assert len(BANKS.cue_types) == 31
    for id_, (bpm, bars, seconds) in EXAMPLES.items():
        row = BANKS.cue_types[id_]
        assert sum(section.bars for section in row.form) == bars, id_
        assert row.bpm[0] <= bpm <= row.bpm[1], id_
        assert bars * 240 / bpm == pytest.approx(seconds, abs=0.7), id_
        assert row.default_seconds == pytest.approx(seconds, abs=0.5), id_


def test_usual_lengths_are_within_the_limits() -> None:
    for id_, row in BANKS.cue_types.items():
        assert row.limits[0] <= row.seconds[0] <= row.default_seconds <= row.seconds[1] <= row.limits[1], id_
        assert row.bpm[0] < row.bpm[1], id_


def test_forms_are_complete() -> None:
    for id_, row in BANKS.cue_types.items():
        for form in (row.form, row.long_form):
            names = [section.name for section in form]
            assert len(set(names)) == len(names), id_
            assert {section.treatment for section in form} <= BANKS.treatments.keys(), id_
            for section in form:
                silent = BANKS.treatments[section.treatment].silent
                assert silent == (section.harmony == "break"), (id_, section.name)
                assert not silent or section.energy <= 0.35, (id_, section.name)
                assert -5 <= section.lift <= 5, (id_, section.name)
        if row.melody == "full":
            assert {section.treatment for section in row.form} & {"statement", "chorus", "head"}, id_
    assert {section.treatment for row in BANKS.cue_types.values() for section in row.form} == BANKS.treatments.keys()


def test_finals_close_unless_the_ending_is_open() -> None:
    open_endings = {"unresolved", "attacca", "loop", "ma_stop"}
    for id_, row in BANKS.cue_types.items():
        if row.ending not in open_endings:
            assert row.form[-1].harmony == "close", id_


def test_modes_and_meters_are_weighted_and_playable() -> None:
    for id_, row in BANKS.cue_types.items():
        assert set(row.modes) <= set(MODES) and all(weight > 0 for weight in row.modes.values()), id_
        for text, weight in row.meters.items():
            assert weight > 0
            pair = parse_meters(text)
            for meter in {str(pair.home), str(pair.away)} - {"free"}:  # which has strokes of its own
                for family in FAMILIES:
                    assert any(
                        str(groove.meter) == meter and family in groove.tags for groove in BANKS.grooves.values()
                    ), (id_, text)


def test_words_can_be_heard_over_dialogue_cues() -> None:
    safe = [row for row in BANKS.cue_types.values() if row.dialogue_safe]
    assert {row.name for row in safe} >= {"Tenderness", "Sadness"}
    for row in safe:
        assert row.bpm[1] <= 100 and row.chords_per_bar <= 1


def test_a_cue_type_like_another_has_its_weights() -> None:
    alike = {id_: row.like for id_, row in BANKS.cue_types.items() if row.like}
    assert alike == {"overture": "suite", "concert": "suite", "tv_song": "main_theme"}
    for id_, model in alike.items():
        for table in (BANKS.progressions, BANKS.spellings, BANKS.cadences, BANKS.palettes):
            for row in table.values():
                assert row.cues.get(id_) == row.cues.get(model)
        (rhythm,) = [row for row in BANKS.harmonic_rhythms.values() if id_ in row.cues]
        assert model in rhythm.cues
        for rule in BANKS.rules.values():
            assert model not in rule.exempt or id_ in rule.exempt


def test_blocks_follow_the_cue_numbers() -> None:
    blocks: dict[int, set[str]] = {}
    for id_, row in BANKS.cue_types.items():
        blocks.setdefault(row.block, set()).add(id_)
    assert set(blocks) == {0, 1, 2, 3, 4, 5, 6, 9}
    assert blocks[5] == {"eyecatch", "stinger", "bridge", "preview", "fanfare"}
    assert blocks[9] == {"suite", "overture", "concert"}


@given(st.sampled_from(sorted(BANKS.cue_types)), st.floats(1, 600))
def test_the_long_form_serves_the_upper_half(id_: str, seconds: float) -> None:
    row = BANKS.cue_types[id_]
    form = row.form_for(seconds)
    middle = (row.seconds[0] + row.seconds[1]) / 2
    assert form == (row.long_form if row.long_form and seconds > middle else row.form)
    assert form


def test_preview_takes_both_broadcast_lengths() -> None:
    preview = BANKS.cue_types["preview"]
    assert sum(section.bars for section in preview.form_for(15)) == 8
    assert sum(section.bars for section in preview.form_for(30)) == 16
