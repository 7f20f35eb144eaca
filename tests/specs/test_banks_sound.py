"""Contracts of the sound banks: instruments, kits, drum voices, grooves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.conftest import BANKS_FOLDER

from cuesmith.errors import SpecError
from cuesmith.music.meter import parse_meter
from cuesmith.perform.bends import BENDS
from cuesmith.specs.banks.fields import RoleName
from cuesmith.specs.banks.instruments import BendName, InstrumentTag
from cuesmith.specs.banks.library import load_banks, read_banks
from cuesmith.specs.banks.percussion import GRID_LETTERS, Groove, Layered

BANKS = load_banks()

FAMILIES = ("orchestral", "jazzrock", "synth", "taiko")
USES = {
    "daily", "comedy", "ballad", "suspense", "mystery", "battle", "chase", "march", "ceremony", "victory",
    "waltz", "theme", "training", "build", "break", "latin",
}  # fmt: skip
EVERYWHERE = USES - {"ceremony", "break", "latin"}  # uses each family must serve
TIMEKEEPERS = {"closed_hat", "pedal_hat", "open_hat", "ride", "atarigane", "shaker", "cabasa", "maracas"}

# the highest pitch the samples of FluidR3_GM cover, where there are higher keys on the real instrument's part
SAMPLE_TOPS = {
    "contrabass": 57, "violin": 101, "fiddle": 101, "church_organ": 96, "jazz_guitar": 96, "strings": 96,
    "slow_strings": 96, "choir": 96, "tuba": 72, "bari_sax": 72, "bassoon": 84, "muted_guitar": 84,
    "acoustic_bass": 84, "finger_bass": 84, "pick_bass": 84, "fretless_bass": 84, "slap_bass": 84,
}  # fmt: skip


# -- instruments ---------------------------------------------------------------------------------------------


def test_instruments_stay_inside_midi_and_their_samples() -> None:
    assert len(BANKS.instruments) == 95
    for id_, row in BANKS.instruments.items():
        low, high = row.range
        assert 0 <= low < high <= 127, id_
        assert low <= row.sweet[0] < row.sweet[1] <= high, id_
        assert high <= SAMPLE_TOPS.get(id_, 127), id_
        assert 0 <= row.onset_ms <= 400 and 0 < row.tail_ms <= 900, id_


def test_no_sound_is_listed_twice() -> None:
    sounds = [(row.bank, row.program) for row in BANKS.instruments.values()]
    assert len(set(sounds)) == len(sounds)


def test_breath_belongs_to_wind_and_voices() -> None:
    seconds = {"woodwind": 8, "brass": 6, "choir": 10}
    for id_, row in BANKS.instruments.items():
        assert row.breath_sec == (5 if id_ == "shakuhachi" else seconds.get(row.family, 0)), id_
        assert row.sustained or not row.breath_sec, id_


def test_every_role_has_instruments_and_basses_are_low() -> None:
    roles = set(get_args(RoleName))
    assert all(row.roles and set(row.roles) <= roles for row in BANKS.instruments.values())
    for role in roles:
        assert sum(role in row.roles for row in BANKS.instruments.values()) >= 5, role
    assert all(row.range[0] <= 48 for row in BANKS.instruments.values() if "bass" in row.roles)
    assert all(row.voices > 1 for row in BANKS.instruments.values() if "pad" in row.roles)


def test_only_slow_instruments_have_a_measured_onset() -> None:
    slow = {id_: row.onset_ms for id_, row in BANKS.instruments.items() if row.onset_ms > 70}
    assert slow == {
        "cello": 170, "slow_strings": 155, "choir": 80, "warm_pad": 250, "sweep_pad": 170, "goblin": 315,
    }  # fmt: skip
    assert not any(BANKS.instruments[id_].agile for id_ in slow)


def test_who_bends_is_who_can() -> None:
    """Every bend has somebody, and only who has one pitch at a time, or frets, or strings to press, bends at all."""
    assert {bend for row in BANKS.instruments.values() for bend in row.bends} == set(get_args(BendName)) == set(BENDS)
    for id_, row in BANKS.instruments.items():
        assert not row.bends or row.family not in ("keys", "mallet", "percussion") or id_ == "harmonica", id_
        assert len(set(row.bends)) == len(row.bends), id_
    brass = {id_ for id_, row in BANKS.instruments.items() if "doit" in row.bends and row.family == "brass"}
    assert brass == {"trumpet", "trombone", "muted_trumpet", "brass_section"}


def test_soloists_are_of_the_family_of_the_section() -> None:
    for id_, row in BANKS.instruments.items():
        for name in filter(None, (row.soloist, row.low_soloist)):
            assert BANKS.instruments[name].family == row.family, id_
            assert not BANKS.instruments[name].soloist, id_
        if row.low_soloist:
            assert BANKS.instruments[row.low_soloist].range[0] < row.range[0], id_


def test_one_instrument_sings_and_one_can_be_alone() -> None:
    rows = BANKS.instruments
    tagged = {tag: [id_ for id_, row in rows.items() if tag in row.tags] for tag in get_args(InstrumentTag)}
    assert (tagged["singer"], tagged["alone"]) == (["solo_vox"], ["piano"])
    assert set(tagged["sweep"]) >= {id_ for id_, row in rows.items() if row.family == "synth"}


# -- drums and grooves ---------------------------------------------------------------------------------------


def _strokes(groove: Groove) -> Iterator[tuple[str, int, int, str]]:
    """Return (voice, bar, step, letter) of every stroke of the pattern."""
    for voice, bars in groove.rows.items():
        for bar, grid in enumerate(bars):
            for step, letter in enumerate(grid):
                if letter != ".":
                    yield voice, bar, step, letter


def test_kits_are_the_gm_programs() -> None:
    programs = {
        "standard": 0, "power": 16, "electronic": 24, "tr808": 25, "jazz": 32, "brush": 40,
        "orchestra": 48, "taiko": 48,
    }  # fmt: skip
    assert {id_: kit.program for id_, kit in BANKS.kits.items()} == programs


def test_drum_voices_are_audible_and_distinct() -> None:
    sounds = [
        (row.group == "orchestral", row.layers, row.ring_beats) for row in BANKS.drums.values()
    ]  # it has a kit of its own
    assert all(layers for _, layers, _ in sounds) and len(set(sounds)) == len(sounds)
    for id_, row in BANKS.drums.items():
        assert 0.5 <= row.scale <= 1, id_
        assert 0.25 <= row.ring_beats <= 4, id_
        for layer in row.layers:
            assert GRID_LETTERS["o"] * row.scale + layer.velocity >= 20, id_
            assert layer.program is not None or 35 <= layer.note <= 87, id_


def test_every_group_of_drums_has_its_roles() -> None:
    assert set(BANKS.drum_roles) == {"kit", "orchestral", "taiko"}
    for group, roles in BANKS.drum_roles.items():
        single = {roles.low, roles.crash, roles.ghost, roles.answer, roles.beside}
        assert "" not in single
        assert all(BANKS.drums[name].group == group for name in single | set(roles.unison)), group
        assert roles.low in roles.unison, group
    kit, orchestra, taiko = (BANKS.drum_roles[group] for group in ("kit", "orchestral", "taiko"))
    assert (kit.low, kit.backbeat, kit.crash, kit.side_stick) == ("kick", "snare", "crash", "side_stick")
    assert (orchestra.low, orchestra.ghost, orchestra.swell) == ("gran_cassa", "concert_snare", "hung_cymbal")
    assert (taiko.low, taiko.answer, taiko.reply, taiko.call) == ("odaiko", "chudaiko", "okedo", "hyoshigi")
    assert not orchestra.backbeat and not taiko.hat and not kit.reply


def test_voices_move_to_such_as_their_group_has_and_hits_are_marked_in_every_group() -> None:
    for id_, row in BANKS.drums.items():
        assert not row.moved_to or BANKS.drums[row.moved_to].group in (row.group, "kit"), id_
    marking = {row.group for row in BANKS.drums.values() if row.marks_hits}
    assert marking == {"kit", "orchestral", "taiko"}
    assert {row.group for row in BANKS.kits.values()} == {row.kit for row in BANKS.free_strokes.values()}


@pytest.mark.parametrize(
    ("table", "old", "new", "message"),
    [
        ("drums", "roles: [ghost, backbeat, unison]", "roles: [ghst, backbeat]", r"snare\.roles\[0\]: .*'ghost'"),
        ("drums", "roles: [crash], tags: [cymbal], marks", "tags: [cymbol], marks", r"crash\.tags\[0\]: .*'cymbal'"),
        ("drums", "roles: [hat]", "roles: [ride]", r"ride\.roles\[0\]: closed_hat has the role ride in its"),
        ("drums", "roles: [answer]}", "roles: []}", "no voice of the group orchestral has the role answer"),
        ("drums", "moved_to: maracas", "moved_to: maraca", r"cabasa\.moved_to: .*did you mean 'maracas'"),
        ("drums", "marks_hits: 2", "marks_hits: 1", r"crash_2\.marks_hits: crash has the number 1 already"),
        ("instruments", "bends: [rise]", "bends: [rize]", r"pan_flute\.bends\[0\]: .*did you mean 'rise'"),
        ("instruments", "soloist: trumpet", "soloist: trumpt", r"brass_section\.soloist: .*did you mean 'trumpet'"),
        ("instruments", "tags: [sweep]", "tags: [swep]", r"tags\[0\]: .*did you mean 'sweep'"),
        ("instruments", ", tags: [alone]", "", "one instrument has the tag alone, not 0"),
        ("instruments", "roles: [lead, colour]}", "roles: [leed]}", r"piccolo\.roles\[0\]: .*did you mean 'lead'"),
        ("kits", "group: taiko", "group: taico", r"taiko\.group: .*did you mean 'taiko'"),
        ("textures", "tags: [moves]", "tags: [moved]", r"sustain_moves\.tags\[0\]: .*did you mean 'moves'"),
        ("textures", "articulation: tremolo", "articulation: tremelo", r"tremolo_pad\.articulation: .*'tremolo'"),
    ],
)  # fmt: skip
def test_a_misspelt_tag_is_told_where_it_stands(table: str, old: str, new: str, message: str, tmp_path: Path) -> None:
    folder = tmp_path / "banks"
    shutil.copytree(BANKS_FOLDER, folder)
    text = (folder / f"{table}.yaml").read_text(encoding="utf-8")
    head, _, rest = text.partition("\n\n")  # the comment at the head speaks of such rows too
    assert old in rest
    (folder / f"{table}.yaml").write_text(head + "\n\n" + rest.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SpecError, match=rf"styles/banks/{table}\.yaml:\d+:\d+: .*{message}"):
        read_banks(folder)


def test_taiko_voices_follow_the_size_of_the_drum() -> None:
    main = [BANKS.drums[id_].layers[0] for id_ in ("odaiko", "chudaiko", "okedo", "shime")]
    assert [layer.note for layer in main] == sorted(layer.note for layer in main)
    assert main[0] == Layered(note=28, program=116)
    assert {layer.program for layer in main} == {116, 117}


def test_timpani_are_tuned_within_the_orchestra_kit() -> None:
    tuned = {id_: row for id_, row in BANKS.drums.items() if row.tuned is not None}
    assert {id_: row.tuned for id_, row in tuned.items()} == {"timpani_low": 0, "timpani_high": 7}
    assert all(41 <= layer.note <= 53 for row in tuned.values() for layer in row.layers)


def test_grooves_use_only_voices_their_kit_sounds() -> None:
    silent_808 = {58, 65, 66}
    allowed = {"orchestra": {"orchestral", "hand"}, "taiko": {"taiko", "hand"}}
    for id_, groove in BANKS.grooves.items():
        for voice in (*groove.rows, *groove.fill):
            row = BANKS.drums[voice]
            assert row.group in allowed.get(groove.kit, {"kit", "hand"}), (id_, voice)
            if groove.kit == "tr808":
                assert not {layer.note for layer in row.layers} & silent_808, (id_, voice)


def test_grooves_fill_their_meter_and_start_on_the_downbeat() -> None:
    for id_, groove in BANKS.grooves.items():
        assert groove.meter.bar_ticks % groove.steps == 0, id_
        assert len({len(bars) for bars in groove.rows.values()}) == 1, id_
        assert any(bar == 0 and step == 0 for _, bar, step, _ in _strokes(groove)), id_
        assert groove.bpm[1] >= 1.2 * groove.bpm[0], id_


def test_sixteenth_grids_everywhere_but_in_triplet_time() -> None:
    triplets = {id_ for id_, groove in BANKS.grooves.items() if groove.steps * 240 != groove.meter.bar_ticks}
    assert triplets == {"T4_bounce"}


def test_groove_tags_start_with_a_family_and_name_known_uses() -> None:
    for id_, groove in BANKS.grooves.items():
        assert groove.tags[0] in FAMILIES, id_
        uses = set(groove.tags) - set(FAMILIES)
        assert uses and uses <= USES, id_


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_covers_meters_tiers_and_uses(family: str) -> None:
    grooves = [groove for groove in BANKS.grooves.values() if family in groove.tags]
    assert {groove.tier for groove in grooves if str(groove.meter) == "4/4"} == {1, 2, 3, 4, 5}
    for meter in ("4/4", "3/4", "6/8", "12/8", "5/4", "7/8"):
        tiers = {groove.tier for groove in grooves if str(groove.meter) == meter}
        assert min(tiers) <= 2 and max(tiers) >= 4, meter
    assert any(str(groove.meter) == "2/4" for groove in grooves)
    assert {tag for groove in grooves for tag in groove.tags} >= EVERYWHERE


def test_fuller_tiers_play_more() -> None:
    for family in FAMILIES:
        density = {}
        for tier in range(1, 6):
            bars = [
                (sum(1 for _ in _strokes(groove)), len(next(iter(groove.rows.values()))))
                for groove in BANKS.grooves.values()
                if groove.tags[0] == family
                and groove.tier == tier
                and str(groove.meter) == "4/4"
                and "break" not in groove.tags
            ]
            if bars:
                density[tier] = sum(strokes for strokes, _ in bars) / sum(count for _, count in bars)
        values = [density[tier] for tier in sorted(density)]
        assert values == sorted(values), family


def test_fills_grow_into_the_next_downbeat() -> None:
    for id_, groove in BANKS.grooves.items():
        if groove.tier >= 2 and groove.kit not in ("orchestra",):
            assert groove.fill, id_
        if not groove.fill:
            continue
        weights = [0] * groove.steps
        for voice, grid in groove.fill.items():
            if voice not in TIMEKEEPERS:
                for step, letter in enumerate(grid):
                    weights[step] += GRID_LETTERS.get(letter, 0)
        half, quarter = groove.steps // 2, groove.steps // 4
        assert sum(weights[half:]) > sum(weights[:half]), id_
        assert any(weights[-quarter:]), id_


def test_fill_toms_descend() -> None:
    order = ["high_tom", "high_mid_tom", "mid_tom", "low_tom", "high_floor_tom", "floor_tom"]
    for id_, groove in BANKS.grooves.items():
        first = {voice: min(s for s, c in enumerate(grid) if c != ".") for voice, grid in groove.fill.items()}
        entries = [first[tom] for tom in order if tom in first]
        assert entries == sorted(entries), id_


def test_the_odaiko_has_at_most_three_strokes_per_second() -> None:
    for id_, groove in BANKS.grooves.items():
        for grid in groove.rows.get("odaiko", ()):
            bar_sec = 60 * groove.meter.bar_beats / groove.bpm[1]
            assert sum(letter != "." for letter in grid) <= 3 * bar_sec + 1e-9, id_


def test_the_shime_has_more_strokes_than_the_odaiko() -> None:
    for id_, groove in BANKS.grooves.items():
        voices = [voice for voice, *_ in _strokes(groove)]
        if groove.tier >= 3 and "odaiko" in voices and "break" not in groove.tags:
            assert 3 <= voices.count("shime") / voices.count("odaiko") <= 12, id_


@given(st.text(alphabet="Xxog.", min_size=1, max_size=24), st.integers(2, 24))
def test_a_grid_of_another_length_is_refused(grid: str, steps: int) -> None:
    def groove() -> Groove:
        return Groove(
            name="test",
            meter=parse_meter("4/4"),
            steps=steps,
            bpm=(100, 120),
            tier=3,
            kit="standard",
            rows={"snare": (grid,)},
        )

    if len(grid) == steps:
        assert groove().rows["snare"] == (grid,)
    else:
        with pytest.raises(ValidationError, match="steps"):
            groove()
