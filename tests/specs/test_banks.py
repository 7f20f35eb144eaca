"""Contracts of the theory banks (scales, chords, cells, contours, characters) and of loading them."""

from __future__ import annotations

import re
import shutil
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest

from cuesmith.errors import SpecError, UsageError
from cuesmith.music.scale import MODES, is_minor
from cuesmith.specs.banks.fields import ModeName
from cuesmith.specs.banks.library import Banks, load_banks, read_banks
from cuesmith.specs.banks.percussion import Kit

BANKS = load_banks()
FOLDER = Path(__file__).parents[2] / "styles" / "banks"
STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")


# -- scales --------------------------------------------------------------------------------------------------


def test_every_mode_is_a_scale_of_its_own() -> None:
    for mode in get_args(ModeName):
        assert BANKS.scales[mode].semitones == MODES[mode]
        assert BANKS.scales[mode].mode == mode


def test_scales_rise_from_the_tonic_and_rest_on_it() -> None:
    for scale in BANKS.scales.values():
        assert scale.semitones[0] == 0
        assert all(low < high for low, high in pairwise(scale.semitones))
        assert scale.nuclear[0] == 0
        assert set(scale.nuclear) <= set(scale.steps)
        assert set(scale.semitones) <= set(MODES[scale.mode])


def test_japanese_scales_hold_the_sets_of_the_literature() -> None:
    sets = {
        "minyo": (0, 3, 5, 7, 10), "yo": (0, 2, 5, 7, 9), "miyako_bushi": (0, 1, 5, 7, 8),
        "insen": (0, 1, 5, 7, 10), "hirajoshi": (0, 2, 3, 7, 8), "akebono": (0, 2, 3, 7, 9),
        "iwato": (0, 1, 5, 6, 10), "ryukyu": (0, 4, 5, 7, 11), "yonanuki_major": (0, 2, 4, 7, 9),
        "yonanuki_minor": (0, 2, 3, 7, 8),
    }  # fmt: skip
    assert {name: BANKS.scales[name].semitones for name in sets} == sets
    assert {name for name, scale in BANKS.scales.items() if scale.pentatonic} == set(sets)


# -- progressions --------------------------------------------------------------------------------------------


def test_progressions_are_numbered_without_a_gap() -> None:
    numbers = {int(id_[1:3]) for id_ in BANKS.progressions}
    assert numbers == set(range(1, 51))
    assert all(re.fullmatch(r"h\d\d[a-z]?", id_) for id_ in BANKS.progressions)


def test_progressions_fill_phrases_and_do_not_repeat_each_other() -> None:
    spelled = [tuple(c.text for c in row.chords) for row in BANKS.progressions.values()]
    assert len(set(spelled)) == len(spelled)
    assert {len(chords) for chords in spelled} <= {4, 8, 12}
    assert all(weight > 0 for row in BANKS.progressions.values() for weight in row.cues.values())


def test_the_mode_of_a_progression_is_the_third_of_its_tonic() -> None:
    minor_thirds = {"min", "m6", "m7", "mM7", "madd9", "m9", "m69", "m11"}
    for id_, row in BANKS.progressions.items():
        tonics = {chord.quality for chord in row.chords if chord.root == 0}
        if row.mode == "major":
            assert not tonics & minor_thirds, id_
        if row.mode == "minor":
            assert tonics <= minor_thirds | {"5"}, id_


def test_static_progressions_stand_on_one_bass_note() -> None:
    static = [row for row in BANKS.progressions.values() if row.static]
    assert len(static) >= 8
    assert all(len({chord.bass for chord in row.chords}) == 1 for row in static)


def test_closing_progressions_end_at_home_or_open_on_the_fourth() -> None:
    closing = [row for row in BANKS.progressions.values() if row.closes]
    assert {row.mode for row in closing} == {"major", "minor"}
    assert all(row.chords[-1].root in (0, 5) for row in closing)


@pytest.mark.parametrize("style", STYLES)
def test_every_cue_type_has_progressions_for_its_modes_in_every_style(style: str) -> None:
    for cue, cue_type in BANKS.cue_types.items():
        for mode in cue_type.modes:
            family = "minor" if is_minor(mode) else "major"
            likely = [
                row
                for row in BANKS.progressions.values()
                if row.mode in (family, "modal") and row.cues.get(cue, 0) * row.styles.get(style, 1) >= 0.2
            ]
            assert len(likely) >= 3, (cue, mode)
            assert any(row.mode == family for row in likely), (cue, mode)


def test_progressions_multiply_only_known_styles() -> None:
    assert {style for row in BANKS.progressions.values() for style in row.styles} == set(STYLES)


# -- rhythm cells and contours -------------------------------------------------------------------------------


def _notes(cell: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return onset and length of the sounding values."""
    out, at = [], 0
    for value in cell:
        if value > 0:
            out.append((at, value))
        at += abs(value)
    return out


def _weight(step: int) -> int:
    """Return the strength of a sixteenth of a bar: 3 downbeat, 2 middle of the bar, 1 other beats, 0 off the beat."""
    return 3 if step == 0 else 2 if step == 8 else 1 if step % 4 == 0 else 0


def _has_fingerprint(cell: tuple[int, ...]) -> bool:
    notes = _notes(cell)
    rest_on_one = cell[0] < 0
    dotted = any(
        length >= 3 and at % 4 == 0 and (at + length) % 4 and at + length == following
        for (at, length), (following, _) in pairwise(notes)
    )
    tied = any(
        _weight(step) > _weight(at) for at, length in notes for step in range(at + 1, at + length) if step % 4 == 0
    )
    bar = sum(abs(value) for value in cell)
    if bar == 12:  # three beats have no middle accent to be tied over
        tied = any(at % 4 and (at + length - 1) // 4 > at // 4 for at, length in notes)
    return rest_on_one or dotted or tied or any(low == high == 1 for low, high in pairwise(cell))


def test_cells_fill_a_bar_and_are_all_different() -> None:
    assert list(BANKS.cells) == [f"r{number:02}" for number in range(1, 65)]
    assert {sum(map(abs, row.cell)) for row in BANKS.cells.values()} == {16, 12}
    assert len({row.cell for row in BANKS.cells.values()}) == 64
    assert all(any(value > 0 for value in row.cell) and 0 not in row.cell for row in BANKS.cells.values())


def test_fingerprints_are_where_the_rhythm_says() -> None:
    wrong = {id_ for id_, row in BANKS.cells.items() if row.fingerprint != _has_fingerprint(row.cell)}
    assert not wrong


def test_cell_tags_are_known_and_goals_end_on_a_long_note() -> None:
    known = {
        "heroic", "tender", "playful", "driving", "solemn", "goal", "pickup", "waltz", "speech", "fanfare",
    }  # fmt: skip
    for id_, row in BANKS.cells.items():
        assert row.tags and set(row.tags) <= known, id_
        bar = sum(map(abs, row.cell))
        assert ("waltz" in row.tags) == (bar == 12), id_
        if "goal" in row.tags:
            lengths = [length for _, length in _notes(row.cell)]
            assert lengths[-1] == max(lengths) >= bar / 2, id_
    for bar in (12, 16):
        goals = [row for row in BANKS.cells.values() if "goal" in row.tags and sum(map(abs, row.cell)) == bar]
        assert len(goals) >= 3


def test_contours_are_weighted_to_one_and_mostly_arches() -> None:
    weights = {id_: row.weight for id_, row in BANKS.contours.items()}
    assert len(weights) == 8
    assert sum(weights.values()) == pytest.approx(1)
    assert weights["arch"] + weights["leap_and_descend"] + weights["valley"] == pytest.approx(0.7)
    assert all(0 <= point <= 1 for row in BANKS.contours.values() for point in row.points)
    assert all(max(row.points) - min(row.points) >= 0.49 for row in BANKS.contours.values())


# -- characters ----------------------------------------------------------------------------------------------


def test_characters_share_out_all_intervals() -> None:
    classes = ["repeat", "step", "third", "fourth", "fifth", "sixth", "octave", "tritone"]
    for id_, row in BANKS.characters.items():
        assert list(row.intervals) == classes, id_
        assert sum(row.intervals.values()) == pytest.approx(100), id_
        assert 40 <= row.intervals["step"] <= 70, id_


def test_characters_can_make_phrases_in_four_and_in_three() -> None:
    for id_, row in BANKS.characters.items():
        for bar in (16, 12):
            cells = [BANKS.cells[cell] for cell in row.cells if sum(map(abs, BANKS.cells[cell].cell)) == bar]
            assert len(cells) >= 5, (id_, bar)
            assert sum("goal" in cell.tags for cell in cells) >= 2, (id_, bar)
            assert any(cell.fingerprint for cell in cells), (id_, bar)
            counts = sorted(len(_notes(cell.cell)) for cell in cells)
            low, high = row.density
            assert counts[0] + counts[0] <= high and counts[-1] + counts[-1] >= low, (id_, bar)


def test_characters_are_told_apart_by_numbers_and_words() -> None:
    known = {
        "heroic", "tender", "villain", "comic", "mysterious", "sorrowful", "folk", "determined", "lonely",
        "hopeful", "noble", "playful", "menacing", "nostalgic",
    }  # fmt: skip
    assert set(BANKS.characters) == known
    names = [name for id_, row in BANKS.characters.items() for name in (id_, *row.words)]
    assert len(names) == len(set(names))
    for row in BANKS.characters.values():
        for low, high in (row.leaps, row.ambitus, row.density):
            assert 0 <= low <= high
        assert row.ambitus[1] <= 16
        assert -24 <= row.register <= 24
    places = {(row.valence, row.arousal) for row in BANKS.characters.values()}
    assert len(places) == len(known)


# -- loading -------------------------------------------------------------------------------------------------


def _broken(tmp_path: Path, table: str, old: str, new: str) -> Banks:
    folder = tmp_path / "banks"
    shutil.copytree(FOLDER, folder)
    path = folder / f"{table}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return read_banks(folder)


@pytest.mark.parametrize(
    ("table", "old", "new", "message"),
    [
        (
            "progressions",
            "tender: 5,",
            "tendr: 5,",
            r"h01\.cues\.tendr: unknown cue type 'tendr'; did you mean 'tender'",
        ),
        (
            "characters",
            "{yonanuki_major: 3",
            "{yonanuki_mayor: 3",
            "unknown scale 'yonanuki_mayor'; did you mean",
        ),
        ("characters", "{r01: 5", "{r99: 5", r"heroic\.cells\.r99: unknown rhythm cell 'r99'"),
        ("characters", "{leap_and_descend: 5", "{leap: 5", "unknown contour 'leap'"),
        ("grooves", "kit: orchestra", "kit: orchestre", "unknown kit 'orchestre'; did you mean 'orchestra'"),
        (
            "grooves",
            "    gran_cassa:",
            "    gran_casa:",
            "unknown drum voice 'gran_casa'; did you mean 'gran_cassa'",
        ),
        ("cue_types", "{ionian: 5", "{ionien: 5", "unknown mode 'ionien'; did you mean 'ionian'"),
        ("cue_types", "like: suite", "like: suit", "unknown cue type 'suit'; did you mean 'suite'"),
        ("cue_types", "like: suite", "like: tv_song", "'tv_song' is itself like another"),
        ("cue_types", '{"4/4": 1}', '{"4-4": 1}', "'4-4' is not a meter"),
        ("scales", "[0, 2, 4, 5, 7, 9, 11]", "[0, 2, 4, 5, 7, 8, 11]", "not in the parent mode"),
        ("progressions", "IVM7 V7 iii7 vi7", "IVM7 V7 iii7 ?", "is not a chord"),
    ],
)
def test_faults_are_reported_where_they_stand(tmp_path: Path, table: str, old: str, new: str, message: str) -> None:
    line = 1 + (FOLDER / f"{table}.yaml").read_text(encoding="utf-8").split(old)[0].count("\n")
    with pytest.raises(SpecError, match=message) as caught:
        _broken(tmp_path, table, old, new)
    assert re.match(rf"styles/banks/{table}\.yaml:{line}:\d+: ", str(caught.value))


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"banks/scales\.yaml"):
        read_banks(tmp_path)


def test_banks_are_read_once_and_always_the_same() -> None:
    assert load_banks() is BANKS
    assert vars(read_banks(FOLDER)) == vars(BANKS)
    assert all(isinstance(kit, Kit) for kit in BANKS.kits.values())
