"""The measures of craft, each on a few bars written by hand; reading, comparing and the command on real files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from tests.critic.craft import feeling, form, groove, groups, returns, texture, tune
from tests.critic.craft.__main__ import main
from tests.critic.craft.columns import COLUMNS, Column, people
from tests.critic.craft.groups import GROUP_COLUMNS, GroupColumn
from tests.critic.craft.heard import STEPS, Heard, Section, Span, Statement, Track, tune_of
from tests.critic.craft.make_cues import names_of
from tests.critic.craft.reading import on_grid, read
from tests.critic.craft.record import Record, from_data, measure
from tests.critic.craft.table import compared, definitions, markdown, table_of

from cuesmith.cue.compose import compose
from cuesmith.music.chart import parse_symbol

SCALE = "C4:1 D4:1 E4:1 F4:1 | G4:1 A4:1 G4:1 E4:1 | F4:1 E4:1 D4:1 B3:1 | C4:4"
TURNED = "C4:1 B3:1 E4:1 C4:1 | G4:1 F4:1 G4:1 E4:1 | F4:1 G4:1 D4:1 E4:1 | C4:4"
BAR = 4 * STEPS
REST = "r:4"


def track(role: str, text: str, id_: str = "", instrument: str = "") -> Track:
    """A track in 4/4; of drums (role pulse) C2 is the bass drum, D2 the snare."""
    notes = tune_of(text)
    return Track(id_ or role, role, instrument or role, role == "pulse", notes.onset, notes.end, notes.pitch)


def bars(*texts: str) -> str:
    """Bars as one text."""
    return " | ".join(texts)


def heard(
    *tracks: Track,
    count: int = 4,
    type_: str = "battle",
    sections: tuple[Section, ...] = (),
    statements: tuple[Statement, ...] = (),
    chords: str = "",
    themes: tuple[Mapping[str, str], ...] = (),
    scale: str = "ionian",
    characters: tuple[str, ...] = ("heroic",),
) -> Heard:
    """A cue in 4/4 and C; chords: a symbol for each bar."""
    return Heard(
        name="cue", style="synth", type=type_, known=True, tracks=tracks,
        bars=np.arange(count + 1, dtype=np.int64) * BAR, beats=np.full(count, 4, dtype=np.int64),
        sections=sections, statements=statements,
        chords=tuple(Span(bar * BAR, parse_symbol(name)) for bar, name in enumerate(chords.split())),
        themes=tuple({key: tune_of(text) for key, text in theme.items()} for theme in themes),
        characters=characters, tonic=0, scale=scale,
    )  # fmt: skip


def section(treatment: str, first: int, last: int, numerals: str = "") -> Section:
    """A section named as its treatment."""
    return Section(treatment, treatment, first, last, tuple(numerals.split()))


FOUR = "C4:1 C4:1 C4:1 C4:1"
OTHER = "D4:2 E4:2"
LEAD = track("lead", SCALE)
PLAIN = Statement("lead", (), 1.0, 0, 4)
THEME = ({"notes": SCALE},)
SUNG = (section("statement", 0, 4),)
CHORUS = (section("chorus", 0, 4),)
LOW = "C2:4"

# Measure, a cue, the figure it must have.
CASES: tuple[tuple[Callable[[Heard], float | None], Heard, float | None], ...] = (
    (tune.whole_statement, heard(LEAD, themes=THEME), 1.0),
    (tune.whole_statement, heard(track("lead", TURNED), themes=THEME), 0.0),
    (tune.whole_statement, heard(LEAD, themes=THEME, type_="stinger"), None),
    (tune.tune_coverage, heard(LEAD, themes=THEME), 1.0),
    (tune.tune_coverage, heard(track("lead", "C4:1 D4:1 E4:1 F4:1 | r:4"), themes=THEME), 3 / 12),
    (tune.holes_in_phrases, heard(track("lead", bars(FOUR, FOUR, REST, REST)), sections=SUNG), 1 / 3),
    (tune.holes_in_sparse, heard(track("lead", bars(FOUR, REST)), sections=SUNG, type_="sad"), 2 / 3),
    (tune.holes_in_sparse, heard(track("lead", bars(FOUR, REST)), sections=SUNG), None),
    (tune.contour_kept, heard(LEAD, themes=THEME, statements=(PLAIN,)), 1.0),
    (tune.contour_kept, heard(track("lead", TURNED), themes=THEME, statements=(PLAIN,)), 4 / 12),
    (tune.contour_kept, heard(LEAD, themes=THEME, statements=(PLAIN._replace(ops=("inversion",)),)), None),
    (tune.chorus_own_rhythm, heard(themes=({"notes": SCALE, "chorus": SCALE},), sections=CHORUS), 0.0),
    (tune.chorus_own_rhythm, heard(themes=({"notes": SCALE, "chorus": OTHER},), sections=CHORUS), 1.0),
    (tune.leaps_sung, heard(track("lead", "C4:1 A4:1 G4:2 | C4:1 A4:.5 C5:.5 r:2")), 0.5),
    (tune.phrases_on_one, heard(track("lead", "C4:1 r:3 | r:1 C4:1 r:2")), 0.5),
    (tune.phrases_upbeat, heard(track("lead", "r:3 C4:1 | D4:1 r:3 | r:3 C4:1 | r:4")), 0.5),
    (groove.drum_coverage, heard(track("pulse", bars(REST, FOUR, FOUR))), 0.5),
    (groove.drums_once_in, heard(track("pulse", bars(REST, FOUR, FOUR))), 2 / 3),
    (groove.bass_once_in, heard(track("bass", bars(REST, "C2:8"))), 2 / 3),
    (groove.nobody, heard(track("lead", FOUR), track("bass", bars(REST, FOUR)), track("pad", "C4:16")), 0.5),
    (groove.pulse_present, heard(track("ostinato", bars(FOUR, OTHER)), LEAD), 0.25),
    (groove.pulse_present, heard(track("ostinato", FOUR), type_="sad"), None),
    (groove.statement_bass, heard(track("bass", bars(REST, LOW)), sections=SUNG), 0.0),
    (groove.chorus_bass, heard(track("bass", LOW), sections=CHORUS), 1.0),
    (groove.chorus_low, heard(track("bass", LOW), sections=CHORUS), 1.0),
    (groove.chorus_low, heard(track("bass", "r:2 C2:2"), sections=CHORUS), 0.0),
    (groove.groove_similarity, heard(track("pad", bars(FOUR, "C4:2 C4:2")), count=2), 0.5),
    (groove.snare_machine, heard(track("pulse", bars(*["D2:.25 " * 16] * 8)), count=8), 0.0),
    (groove.snare_machine, heard(track("pulse", bars(*["D2:.25 " * 12 + "r:1"] * 16)), count=16), 1.0),
    (groove.bass_notes_per_beat, heard(track("bass", bars(FOUR, OTHER))), 6 / 16),
    (groove.bass_mean_pitch, heard(track("bass", "C2:2 D2:2")), 37.0),
    (groove.bass_root_fifth, heard(track("bass", "C2:1 G2:1 D2:1 E2:1"), chords="C"), 0.5),
    (form.final_on_tonic, heard(LEAD), 1.0),
    (form.final_on_tonic, heard(track("lead", OTHER)), 0.0),
    (form.climax_coincides, heard(track("lead", bars(*[FOUR] * 7, "C5:4")), track("bass", bars(*[REST] * 7, LOW)),
                                  count=8), 1.0),
    (form.climax_coincides, heard(track("lead", bars(*[FOUR] * 7, "C5:4")), track("bass", LOW), count=8), 0.0),
    (form.lead_in_chorus, heard(track("lead", FOUR), sections=CHORUS), 0.25),
    (form.chorus_opens_with_hook, heard(sections=CHORUS, statements=(PLAIN,)), 1.0),
    (form.chorus_opens_with_hook, heard(sections=CHORUS, statements=(PLAIN._replace(identity=0.5),)), 0.0),
    (form.density_rises, heard(track("pad", bars(REST, REST, OTHER, FOUR))), 1.0),
    (form.density_rises, heard(track("pad", bars(FOUR, OTHER, REST, REST))), 0.0),
    (form.density_slope, heard(track("pad", bars(*[FOUR] * 4))), 0.0),
    (form.density_peak, heard(track("pad", bars(REST, *[FOUR] * 4)), count=6), 0.5),
    (form.dense_late, heard(track("pad", bars(FOUR, *[REST] * 4)), count=6), 0.0),
    (form.uneven_forms, heard(sections=(section("statement", 0, 5),), count=5), 1.0),
    (form.uneven_forms, heard(sections=(section("intro", 0, 3), section("statement", 3, 7)), count=7), 0.0),
    (form.lead_ins, heard(track("pad", bars(*[REST] * 3, FOUR, FOUR)), sections=(section("chorus", 4, 8),), count=8),
     1.0),
    (returns.exact_bars, heard(track("pad", bars(FOUR, OTHER, FOUR, REST))), 1 / 3),
    (returns.near_bars, heard(track("pad", FOUR), track("lead", bars(REST, "C5:1 C5:1 C5:1 C5:1"))), 0.5),
    (returns.track_bars, heard(track("pad", bars(FOUR, FOUR)), track("bass", bars(FOUR, OTHER))), 0.25),
    (returns.melody_bars, heard(track("lead", bars(FOUR, FOUR))), 0.5),
    (returns.melody_groups, heard(track("lead", "C4:1 C4:1 C4:1 C4:1 C4:1"), count=2), 0.5),
    (returns.drum_bars, heard(track("pulse", bars(FOUR, FOUR, OTHER, OTHER))), 0.5),
    (returns.chord_groups, heard(chords="C F C F C F"), 1 / 3),
    (returns.chords_kept, heard(sections=(section("statement", 0, 4, "I IV V I"),
                                          section("restatement", 4, 8, "I ii V vi")), count=8), 0.5),
    (returns.second_half_chords, heard(sections=(section("statement", 0, 8, "I IV V I I IV ii vi"),), count=8), 0.5),
    (texture.entrances_exits, heard(track("pad", bars(REST, FOUR, REST, REST))), 0.5),
    (texture.texture_changes, heard(track("pad", bars(REST, FOUR)), track("bass", bars(FOUR, FOUR)), count=2), 0.5),
    (texture.short_colours, heard(track("colour", bars(FOUR, REST, FOUR, FOUR))), 0.5),
    (texture.attack_tracks, heard(track("pad", FOUR), track("bass", "C2:2 C2:2")), 1.5),
    (texture.doubling, heard(track("pad", "C4:2 D4:2"), track("bass", "C2:2 E2:2")), 0.25),
    (texture.lead_salience, heard(track("lead", bars(FOUR, FOUR)), track("pad", bars("E3:4", "E4:4"))), 0.5),
    (texture.lead_salience, heard(track("lead", FOUR), track("pad", "E5:4")), 1.0),
    (texture.many_ostinati, heard(*[track("ostinato", FOUR, str(n)) for n in range(3)]), 0.25),
    (texture.ostinato_foreign, heard(track("ostinato", "C4:1 D4:1 E4:1 F4:1"), chords="C"), 0.5),
    (feeling.comic_tender, heard(type_="tender", characters=("comic",)), 1.0),
    (feeling.comic_tender, heard(characters=("comic",)), None),
    (feeling.major_minus_minor, heard(chords="C Am F Bdim"), 0.25),
    (feeling.dark_scale, heard(type_="daily", scale="phrygian"), 1.0),
    (feeling.dark_scale, heard(type_="sad", scale="phrygian"), None),
    (feeling.notes_per_beat, heard(track("pad", FOUR), count=1), 1.0),
)  # fmt: skip


@pytest.mark.parametrize(("measure_", "cue", "figure"), CASES, ids=[case[0].__name__ for case in CASES])
def test_a_measure(measure_: Callable[[Heard], float | None], cue: Heard, figure: float | None) -> None:
    assert measure_(cue) == (None if figure is None else pytest.approx(figure, abs=1e-9))


def test_every_column_is_tried_and_defined() -> None:
    assert {column.name for column in COLUMNS} == {case[0].__name__ for case in CASES}
    text = definitions()
    every: list[Column | GroupColumn] = [*COLUMNS, *GROUP_COLUMNS]
    for column in every:
        assert column.definition.endswith(".")
        assert f"**{column.name}**" in text
        assert not column.human or column.human in people()


@pytest.mark.parametrize("stretch", [0.5, 1.0, 1.5, 2.0])
def test_a_tune_is_found_at_any_speed_and_pitch_with_one_note_more_or_less(stretch: float) -> None:
    theme = tune_of(SCALE)
    slow = theme._replace(onset=np.rint(theme.onset * stretch).astype(np.int64), pitch=theme.pitch + 5)
    assert tune.longest_run(theme, slow) == 12
    less = slow._replace(onset=np.delete(slow.onset, 6), pitch=np.delete(slow.pitch, 6), end=np.delete(slow.end, 6))
    assert tune.longest_run(theme, less) == 11
    two_less = less._replace(onset=np.delete(less.onset, 2), pitch=np.delete(less.pitch, 2), end=np.delete(less.end, 2))
    assert tune.longest_run(theme, two_less) < 10


def record(number: int, **facts: object) -> Record:
    """A record of a symphonic battle."""
    data = measure(heard(LEAD, count=8)).as_data() | {"name": str(number), "style": "symphonic", **facts}
    return from_data(data)


def test_groups() -> None:
    rising, falling = (float(n) for n in range(16)), (float(-n) for n in range(16))
    cues = [
        record(0, coda="tag", instruments=["a", "b"], leader="horn", order="A B", arc=list(rising)),
        record(1, coda="tag", instruments=["a", "c"], leader="horn", order="A C", arc=list(falling)),
    ]
    other = [cue for n in (2, 3) for cue in [record(n, type="sad", coda=str(n), leader=str(n), order="A")]]
    assert groups.coda_commonest(cues) == 1
    assert groups.coda_commonest([*cues, *other]) == 0.75
    assert groups.arc_correlation(cues) == pytest.approx(-1)
    assert groups.arc_correlation_most([*cues, *other]) == pytest.approx(1)
    assert groups.instrument_overlap(cues) == pytest.approx(1 / 3)
    assert groups.leader_commonest([*cues, *other]) == 0.75
    assert groups.order_commonest(cues) == 0.5
    assert groups.coda_commonest(cues[:1]) is None


def test_spans_and_slope() -> None:
    cues = [
        record(n, valence=v, figures={"bass_mean_pitch": 10.0 * n, "near_bars": n / 10, "major_minus_minor": v / 2})
        for n, v in enumerate((-0.8, 0.0, 0.8))
    ]
    assert groups.bass_span(cues) == pytest.approx(16)
    assert groups.near_bars_span(cues) == pytest.approx(0.16)
    assert groups.brightness_step(cues) == pytest.approx(0.4)
    assert groups.brightness_step(cues[:2]) is None


def test_coda_kinds_differ_by_what_is_heard() -> None:
    ends = (section("coda", 6, 8),)
    lead, pad = track("lead", bars(*[FOUR] * 8)), track("pad", bars(*[FOUR] * 8))
    alone = track("pad", bars(*[FOUR] * 6))
    assert form.coda_kind(heard(lead, pad, count=8, sections=ends)) != form.coda_kind(
        heard(lead, alone, count=8, sections=ends)
    )


def test_onsets_go_to_sixteenths_and_triplets() -> None:
    assert on_grid(np.array([0.4, 2.9, 4.1, 11.7, 17.6])).tolist() == [0, 3, 4, 12, 18]


def test_players_that_are_sent_early_are_put_back() -> None:
    cue = compose(style="symphonic", type="tender", seed="early", seconds=60)
    even = compose(style="symphonic", type="tender", seed="early", seconds=60, humanize=0.0)
    wanted = texture.attack_tracks(read("", even.midi(), even.explain()))
    moved = texture.attack_tracks(read("", cue.midi(), cue.explain()))
    played = texture.attack_tracks(read("", cue.midi(), cue.explain(), as_played=True))
    assert wanted is not None and moved is not None and played is not None
    assert abs(moved - wanted) < abs(played - wanted)


def test_reading_knows_what_was_composed() -> None:
    cue = compose(style="jazz-rock", type="battle", seed="read", seconds=60)
    found = read("cue", cue.midi(), cue.explain())
    assert [(t.id, t.role) for t in found.tracks] == [(p.id, p.role) for p in cue.score.parts]
    assert found.bars.tolist() == [tick * STEPS // 960 for tick in cue.score.plan.bar_lines()]
    unknown = read("cue", cue.midi())
    assert not unknown.known and unknown.count >= found.count - 1
    assert texture.attack_tracks(unknown) == texture.attack_tracks(found)
    assert tune.whole_statement(unknown) is None


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept, figures = tmp_path / "cues", tmp_path / "a.json"
    asked = ["--styles", "synth", "--types", "sad", "--seeds", "1", "--seconds", "40", "--keep", str(kept)]
    assert main([*asked, "--json", str(figures)]) == 0
    composed = capsys.readouterr().out
    assert main([str(kept)]) == 0
    assert capsys.readouterr().out == composed
    assert main(["--json-in", str(figures), "--compare", str(figures)]) == 0
    assert "→" in capsys.readouterr().out
    cues = [from_data(data) for data in json.loads(figures.read_text("utf-8"))]
    assert markdown(table_of(cues)) == composed
    assert compared(table_of(cues), table_of(cues)).count("\n") == composed.count("\n") - 1
    assert main([str(tmp_path / "a.txt")]) == 2


def test_names() -> None:
    assert names_of("2", ("a", "b", "c")) == ["a", "b"]
    assert names_of("c,a", ("a", "b", "c")) == ["c", "a"]
    with pytest.raises(ValueError, match="unknown: d"):
        names_of("d", ("a",))
