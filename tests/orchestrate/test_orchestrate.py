"""From roles to instruments: who leads, who doubles, and the layers of a drum stroke."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith.casting.cast import Cast, Player, cast_players, with_change
from cuesmith.casting.singer import GUIDE
from cuesmith.chance import stream
from cuesmith.cue.cue import Cue
from cuesmith.errors import ComposeError
from cuesmith.motif.model import Theme
from cuesmith.music.note import Note
from cuesmith.orchestrate.parts import percussion_parts, pitched_part
from cuesmith.plan.build import build_plan
from cuesmith.plan.model import Plan
from cuesmith.score import Passage, Stroke
from cuesmith.specs.banks.library import Banks, load_banks
from cuesmith.specs.brief import Brief
from cuesmith.specs.load import load_style
from cuesmith.specs.style import Seat, SeatChange

BANKS = load_banks()
STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
Themes = Callable[[str], Mapping[str, Theme]]
Composed = Callable[[str, str, int], Cue]


def staged(style: str, type_: str, themes: Mapping[str, Theme], seed: int = 3) -> tuple[Plan, Cast]:
    """Return a plan and its cast."""
    plan = build_plan(Brief("M-1", "x", type_, style, seed, themes=tuple(themes)), load_style(style), themes, BANKS)
    return plan, cast_players(plan, load_style(style), themes, BANKS, stream(seed, "cast"))


@pytest.mark.parametrize(("style", "type_"), tuple(product(STYLES, BANKS.cue_types)))
def test_every_themed_section_has_a_leader(style: str, type_: str, themes_of: Themes) -> None:
    plan, cast = staged(style, type_, themes_of(style))
    assert len(cast.leads) == len(plan.sections)
    for section, lead in zip(plan.sections, cast.leads, strict=True):
        if section.theme is not None:
            assert lead is not None
            seat = cast.player(lead).seat
            assert seat.role == "lead"
            assert seat.double is None
    assert len({player.id for player in cast.players}) == len(cast.players)
    order = [GUIDE, *load_style(style).seats]
    assert [player.id for player in cast.players] == [name for name in order if name in {p.id for p in cast.players}]


@pytest.mark.parametrize("style", STYLES)
def test_a_signature_instrument_states_its_theme(style: str, themes_of: Themes) -> None:
    solo = next(
        name for seat in load_style(style).seats.values() if seat.role == "lead" and seat.double is None
        and seat.levels[0] <= 1 for name in seat.instruments
    )  # fmt: skip
    themes = {"home": replace(themes_of(style)["home"], instrument=solo)}
    plan, cast = staged(style, "character", themes)
    quiet = [s for s in plan.sections if s.treatment == "statement" and s.level < 4]
    assert quiet
    for section in quiet:
        lead = cast.leads[section.index]
        assert lead is not None
        assert cast.player(lead).instrument_id == solo


def test_empty_seats_are_named(themes_of: Themes) -> None:
    _, cast = staged("symphonic", "battle", themes_of("symphonic"))
    with pytest.raises(KeyError, match="nobody"):
        cast.player("nobody")
    with pytest.raises(KeyError, match="drum kit"):
        cast.instrument("percussion")


def test_a_cast_without_a_leader_is_refused(themes_of: Themes) -> None:
    style = load_style("symphonic")
    silent = replace(style, seats={name: seat for name, seat in style.seats.items() if seat.role != "lead"})
    plan, _ = staged("symphonic", "battle", themes_of("symphonic"))
    with pytest.raises(ComposeError, match="no lead seat"):
        cast_players(plan, silent, themes_of("symphonic"), BANKS, stream(1))


def test_a_change_keeps_what_it_leaves_out() -> None:
    seat = Seat(role="pad", instruments={"strings": 1.0}, levels=(1, 3), voices=4, level_db=-2)
    assert with_change(seat, None) == seat
    assert with_change(seat, SeatChange()) == seat
    after = with_change(seat, SeatChange(levels=(0, 4), level_db=3))
    assert after == replace(seat, levels=(0, 4), level_db=3)


@pytest.mark.parametrize(
    ("style", "type_"), tuple(product(("symphonic", "taiko-koto"), ("battle", "main_theme", "victory")))
)
def test_doublings_follow_the_lead(style: str, type_: str, composed: Composed, banks: Banks) -> None:
    score = composed(style, type_, 1).score
    leading = {
        (note.onset, note.pitch % 12)
        for part in score.parts
        for passage in part.passages
        if part.role == "lead" and not passage.device.startswith("doubles")
        for note in passage.notes
    }
    found = 0
    for part in score.parts:
        if part.role != "lead":
            continue
        for passage in part.passages:
            if passage.device.startswith("doubles"):
                found += len(passage.notes)
                assert {(n.onset, n.pitch % 12) for n in passage.notes} <= leading
    assert found > 0 or style != "symphonic"  # where tracks are scarce, doublings are the first to go


def player(instrument: str, seat: Seat) -> Player:
    return Player("seat", seat, instrument, BANKS.instruments[instrument])


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(BANKS.instruments)),
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 127)), min_size=1, max_size=12),
)
def test_notes_are_brought_into_range_by_octaves(instrument: str, raw: list[tuple[int, int]]) -> None:
    low, high = BANKS.instruments[instrument].range
    notes = tuple(Note(at * 960, 480, pitch, 80) for at, pitch in raw)
    part = pitched_part(player(instrument, Seat(role="pad")), [Passage(notes, 0, "test")])
    found = set(part.notes())
    assert all(low <= n.pitch <= high for n in found)
    if high - low >= 11:
        assert {(n.onset, n.pitch % 12) for n in found} == {(n.onset, n.pitch % 12) for n in notes}
    assert part.program == BANKS.instruments[instrument].program


STROKES = st.lists(
    st.builds(
        Stroke, st.integers(0, 30).map(lambda n: n * 240), st.sampled_from(sorted(BANKS.drums)),
        st.integers(18, 124), st.just(0), st.just("groove"),
    ),
    min_size=1, max_size=30, unique_by=lambda stroke: (stroke.onset, stroke.voice),
).map(sorted)  # fmt: skip


@settings(max_examples=80)
@given(STROKES)
def test_every_stroke_sounds_in_all_its_layers(themes_of: Themes, found: list[Stroke]) -> None:
    plan, _ = staged("taiko-koto", "eyecatch", themes_of("taiko-koto"))
    parts = percussion_parts(plan, Player("drums", Seat(role="pulse", kit="taiko"), "taiko", None), tuple(found), BANKS)
    heard = {(part.program, part.bank, part.drums, n.onset) for part in parts for n in part.notes()}
    wanted = set()
    for stroke in found:
        for layer in BANKS.drums[stroke.voice].layers:
            kit = layer.program is None
            program = BANKS.kits["taiko"].program if layer.program is None else layer.program
            wanted.add((program, 0 if kit else layer.bank, kit, stroke.onset))
    assert heard == wanted
    assert len({part.id for part in parts}) == len(parts)
    for part in parts:
        notes = list(part.notes())
        assert len({(n.onset, n.pitch) for n in notes}) == len(notes)
        assert all(12 <= n.velocity <= 124 and n.duration >= 60 for n in notes)


def test_alternate_strokes_differ(themes_of: Themes) -> None:
    """A taiko roll has two hands: pitch and velocity change from stroke to stroke."""
    plan, _ = staged("taiko-koto", "eyecatch", themes_of("taiko-koto"))
    found = tuple(Stroke(i * 240, "chudaiko", 100, 0, "roll") for i in range(4))
    part = percussion_parts(plan, Player("drums", Seat(role="pulse", kit="taiko"), "taiko", None), found, BANKS)[0]
    notes = sorted(part.notes())
    assert notes[0].pitch != notes[1].pitch
    assert notes[0].pitch == notes[2].pitch
    assert notes[0].velocity != notes[1].velocity


@pytest.mark.parametrize("voice", [name for name, row in BANKS.drums.items() if row.tuned is not None])
def test_tuned_drums_are_in_the_key(voice: str, themes_of: Themes) -> None:
    tuned = BANKS.drums[voice].tuned
    assert tuned is not None
    plan, _ = staged("symphonic", "eyecatch", themes_of("symphonic"))
    for tonic in range(12):
        keyed = replace(plan, sections=tuple(replace(s, key=replace(s.key, tonic=tonic)) for s in plan.sections))
        drums = Player("drums", Seat(role="pulse", kit="orchestra"), "orchestra", None)
        (part,) = percussion_parts(keyed, drums, (Stroke(0, voice, 100, 0, "roll"),), BANKS)
        assert [(n.pitch - tonic - tuned) % 12 for n in part.notes()] == [0]


@pytest.mark.parametrize("style", STYLES)
def test_layers_are_the_lowest_level_of_the_seat(style: str, composed: Composed) -> None:
    seats = load_style(style).seats
    rules = load_style(style).cues["battle"]
    for part in composed(style, "battle", 1).score.parts:
        name = next(n for n in seats if part.id == n or part.id.startswith(f"{n}-"))
        assert part.layer == with_change(seats[name], rules.seats.get(name)).levels[0]
