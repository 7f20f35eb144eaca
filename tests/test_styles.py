"""A contract for every style file: it loads, its references exist, and every cue type can be cast and composed.

The user's own styles extend another one with a few lines. Mistakes are reported with their place.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import get_args

import pytest
import yaml

from cuesmith.composition.accompaniment.gestures import GESTURES
from cuesmith.composition.melody.treatments import DEVICES
from cuesmith.cue.compose import compose
from cuesmith.cue.cue import Cue
from cuesmith.errors import SpecError, UsageError
from cuesmith.music.pitch import parse_pitch_class
from cuesmith.perform.tables import ARTICULATIONS
from cuesmith.specs.banks.instruments import tagged
from cuesmith.specs.banks.library import Banks, load_banks
from cuesmith.specs.banks.percussion import Groove
from cuesmith.specs.banks.treatments import DeviceName
from cuesmith.specs.load import load_style
from cuesmith.specs.style import Seat, SeatChange, Style
from cuesmith.specs.style_check import ARTICULATION_NAMES, GESTURE_NAMES

FOLDER = files("cuesmith.styles")
STYLES = tuple(sorted(file.name.removesuffix(".yaml") for file in FOLDER.iterdir() if file.name.endswith(".yaml")))
TYPES = tuple(load_banks().cue_types)

MAIN = ("jazz-rock", "symphonic", "synth", "taiko-koto")  # with every cue type; the others with every seventh
PAIRS = tuple(
    (name, type_)
    for (row, name), (column, type_) in itertools.product(enumerate(STYLES), enumerate(TYPES))
    if name in MAIN or (row + column) % 7 == 0
)

every_style = pytest.mark.parametrize("name", STYLES)


def seats(style: Style) -> list[tuple[str, Seat | SeatChange]]:
    """Yield every seat of a style and every change a cue type makes to one."""
    changes = [(f"{cue}/{seat}", change) for cue, rules in style.cues.items() for seat, change in rules.seats.items()]
    return [*style.seats.items(), *changes]


def child(folder: Path, parent: str, changes: dict[str, object]) -> str:
    """Return the path of a style file that extends a built-in one."""
    file = folder / "child.yaml"
    file.write_text(yaml.safe_dump({"schema_version": 1, "extends": parent, "title": "Child", **changes}), "utf-8")
    return str(file)


def test_there_are_styles_enough() -> None:
    assert len(STYLES) >= 4
    assert {"symphonic", "jazz-rock", "synth", "taiko-koto"} <= set(STYLES)


def test_names_known_to_the_loader_are_those_composed() -> None:
    assert set(GESTURE_NAMES) == set(GESTURES)
    assert set(ARTICULATION_NAMES) == set(ARTICULATIONS)
    assert set(get_args(DeviceName)) == set(DEVICES)


@every_style
def test_every_style_has_title_and_description(name: str) -> None:
    style = load_style(name)
    assert style.title.strip()
    assert len(style.about) > 40
    assert style.keys.major
    assert style.keys.minor
    for tonic in (*style.keys.major, *style.keys.minor):
        assert 0 <= parse_pitch_class(tonic) <= 11


@every_style
def test_every_reference_exists(name: str, banks: Banks) -> None:
    style = load_style(name)
    for place, seat in seats(style):
        for known, asked in (
            (banks.instruments, seat.instruments),
            (banks.textures, seat.textures),
            (banks.grooves, seat.grooves),
            (GESTURES, seat.gestures),
            (banks.treatments, seat.treatments),
        ):
            assert set(asked or ()) <= set(known), place
        assert seat.articulation is None or seat.articulation in ARTICULATIONS, place
    for place, base in style.seats.items():
        assert base.kit is None or base.kit in banks.kits, place
        assert base.double in (None, "lead") or base.double in style.seats, place
        assert base.levels[0] <= base.levels[1], place
        if base.role in ("pad", "ostinato", "bass", "impact") and base.double is None and base.kit is None:
            assert base.textures, f"{place} has nothing to play"
        if base.role == "colour":
            assert base.gestures, f"{place} has nothing to play"
    assert set(style.cues) <= set(banks.cue_types)
    assert set(style.progressions) <= set(banks.progressions)
    assert set(style.scales) <= set(banks.scales)
    assert {texture.articulation for texture in banks.textures.values()} <= set(ARTICULATIONS)


@every_style
def test_weights_leave_something_to_choose(name: str) -> None:
    style = load_style(name)
    for place, seat in seats(style):
        for weights in (seat.instruments, seat.textures, seat.grooves, seat.gestures):
            assert not weights or (min(weights.values()) >= 0 and sum(weights.values()) > 0), place
    colour = style.colour
    shares = (colour.triad, colour.seventh, colour.add9, colour.ninth, colour.sus, colour.power)
    assert min(shares) >= 0
    assert sum(shares) > 0


@every_style
def test_percussion_finds_a_groove_in_the_usual_meters(name: str, banks: Banks) -> None:
    style = load_style(name)
    kits = {seat.kit for seat in style.seats.values() if seat.kit is not None}
    if not kits:
        pytest.skip("a style without drums")

    def in_family(row: Groove) -> bool:
        return style.family in row.tags

    meters = {(row.meter.numerator, row.meter.denominator) for row in banks.grooves.values() if in_family(row)}
    assert {(4, 4), (3, 4)} <= meters


@pytest.mark.parametrize(("name", "type_"), PAIRS)
def test_every_cue_type_can_be_cast_and_composed(
    name: str, type_: str, composed: Callable[[str, str, int], Cue], banks: Banks
) -> None:
    style = load_style(name)
    cue = composed(name, type_, 1)
    assert sum(1 for _ in cue.score.parts) >= 2
    asked = {i for _, seat in seats(style) for i in seat.instruments or ()}
    kits = {seat.kit for seat in style.seats.values()}
    singer = {tagged(banks.instruments, "singer")} if cue.score.plan.vocal else set()
    assert {part.instrument for part in cue.score.parts} <= asked | kits | singer
    omitted = set(style.cues[type_].omit) if type_ in style.cues else set()
    assert not omitted & {part.id for part in cue.score.parts}


@every_style
def test_an_own_style_needs_one_line(name: str, tmp_path: Path) -> None:
    file = child(tmp_path, name, {"mix": {"lufs": -20}})
    style = load_style(file)
    assert style.mix.lufs == -20
    assert style.title == "Child"
    assert style.seats == load_style(name).seats
    assert style.mix.room_size == load_style(name).mix.room_size
    cue = compose(style=file, type="eyecatch", seed=4)
    assert cue.performance.mix.lufs == -20


@every_style
def test_a_changed_seat_is_heard(name: str, tmp_path: Path) -> None:
    bass = next(id_ for id_, seat in load_style(name).seats.items() if seat.role == "bass" and seat.double is None)
    file = child(tmp_path, name, {"seats": {bass: {"instruments": None}}})
    with pytest.raises(SpecError):
        load_style(file)
    file = child(tmp_path, name, {"seats": {bass: {"level_db": -13.5, "levels": [0, 4]}}})
    cue = compose(style=file, type="battle", seed=4)
    assert next(part.level_db for part in cue.score.parts if part.id == bass) == -13.5


LEAD = {"role": "lead", "instruments": {"flute": 1}}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"titel": "x"}, "titel"),
        ({"seats": {"solo": {**LEAD, "instruments": {"flutte": 1}}}}, "instrument 'flutte'; did you mean 'flute'"),
        ({"seats": {"solo": {**LEAD, "textures": {"arp_wav": 1}}}}, "texture 'arp_wav'; did you mean 'arp_wave'"),
        ({"seats": {"solo": {**LEAD, "gestures": {"glis": 1}}}}, "unknown gesture 'glis'; did you mean 'gliss'"),
        ({"seats": {"solo": {**LEAD, "treatments": ["choruss"]}}}, "did you mean 'chorus'"),
        ({"seats": {"solo": {**LEAD, "double": "violinz"}}}, "unknown seat 'violinz'; did you mean 'violins'"),
        ({"seats": {"solo": {**LEAD, "levels": [0, 9]}}}, "seats.solo.levels"),
        ({"seats": {"solo": {**LEAD, "role": "leader"}}}, "seats.solo.role"),
        ({"seats": {"solo": {**LEAD, "octave": 7}}}, "seats.solo.octave"),
        ({"seats": {"drums": {"role": "pulse", "kit": "orchestr"}}}, "kit 'orchestr'; did you mean 'orchestra'"),
        ({"seats": {"drums": {"role": "pulse", "kit": "taiko", "grooves": {"nope": 1}}}}, "unknown groove 'nope'"),
        ({"seats": {"empty": {"role": "pad"}}}, "a seat needs instruments (or a kit)"),
        ({"progressions": {"h999": 1}}, "unknown progression 'h999'"),
        ({"scales": {"yonanuki": 1}}, "unknown scale 'yonanuki'"),
        ({"cues": {"battel": {}}}, "unknown cue type 'battel'; did you mean 'battle'"),
        ({"cues": {"battle": {"omit": ["harpp"]}}}, "unknown seat 'harpp'"),
        ({"cues": {"battle": {"seats": {"hrn": {"voices": 2}}}}}, "unknown seat 'hrn'"),
        ({"cues": {"battle": {"tempo": [160, 120]}}}, "low before high"),
        ({"cues": {"battle": {"ending": "buton"}}}, "cues.battle.ending"),
        ({"playing": {"swing": 0.9}}, "playing.swing"),
        ({"mix": {"lufs": 0}}, "mix.lufs"),
        ({"brightness": 3}, "brightness"),
        ({"family": "polka"}, "family"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(changes: dict[str, object], said: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        load_style(child(tmp_path, "symphonic", changes))
    assert said in str(caught.value)
    assert "child.yaml:" in str(caught.value), "the fault has a place"


def test_a_child_may_remove_a_seat(tmp_path: Path) -> None:
    """The parent's changes to the seat in its cue types are removed, too.

    If the child itself mentions the seat, that is reported as a mistake.
    """
    spoken = {seat for rules in load_style("symphonic").cues.values() for seat in (*rules.omit, *rules.seats)}
    assert "harp" in spoken
    style = load_style(child(tmp_path, "symphonic", {"seats": {"harp": None}}))
    assert "harp" not in style.seats
    assert all("harp" not in (*rules.omit, *rules.seats) for rules in style.cues.values())
    assert compose(style=str(tmp_path / "child.yaml"), type="tender", seed=1, seconds=40).score.parts
    folder = tmp_path / "other"
    folder.mkdir()
    with pytest.raises(SpecError, match=r"child\.yaml:.*unknown seat 'harp'"):
        load_style(child(folder, "symphonic", {"seats": {"harp": None}, "cues": {"sad": {"omit": ["harp"]}}}))


def test_a_style_without_a_leader_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "dull.yaml"
    seat = {"role": "pad", "instruments": {"strings": 1}, "textures": {"sustain": 1}}
    text = {"title": "Dull", "family": "synth", "keys": {"major": ["C"], "minor": ["A"]}, "seats": {"pad": seat}}
    file.write_text(yaml.safe_dump(text), "utf-8")
    with pytest.raises(SpecError, match="no seat leads"):
        load_style(str(file))


def test_every_fault_is_listed_at_once(tmp_path: Path) -> None:
    file = child(tmp_path, "symphonic", {"scales": {"nope": 1}, "progressions": {"nope": 1}, "cues": {"nope": {}}})
    with pytest.raises(SpecError) as caught:
        load_style(file)
    assert len(str(caught.value).splitlines()) == 3


def test_an_unknown_parent_and_an_unknown_style_are_refused(tmp_path: Path) -> None:
    with pytest.raises((SpecError, UsageError), match="did you mean 'symphonic'"):
        load_style(child(tmp_path, "symphonik", {}))
    with pytest.raises(UsageError, match="did you mean 'synth'"):
        load_style("synht")
