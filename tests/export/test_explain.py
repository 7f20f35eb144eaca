"""What `explain`, `show_json` and `save` write, compared with the MIDI file, the score and one another."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import mido
import pytest

from cuesmith.cue.compose import compose
from cuesmith.cue.cue import Cue, save_cue
from cuesmith.errors import CuesmithError, UsageError
from cuesmith.export.atomic import json_text
from cuesmith.export.explain import explain, theme_data
from cuesmith.export.pianoroll import pianoroll_svg
from cuesmith.motif.text import read_notes
from cuesmith.score import Statement
from cuesmith.show.show_json import cue_summary, motif_row

ASKED: list[dict[str, Any]] = [
    {"style": "symphonic", "type": "main_theme", "seed": 1, "seconds": 60},
    {"style": "jazz-rock", "type": "chase", "seed": 2},
    {"style": "taiko-koto", "type": "battle", "seed": 3},
    {"style": "synth", "type": "eyecatch", "seed": 4},
    {"style": "symphonic", "type": "suite", "seed": 5},
]


@pytest.fixture(scope="module", params=range(len(ASKED)), ids=[row["type"] for row in ASKED])
def cue(request: pytest.FixtureRequest) -> Cue:
    return compose(**ASKED[request.param])


def walk(value: object) -> Iterator[object]:
    """Yield every value inside plain data."""
    yield value
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        yield from walk(child)


def plain(cue: Cue) -> dict[str, Any]:
    """Return the explanation after writing and reading it as JSON."""
    data: dict[str, Any] = json.loads(json_text(cue.explain()))
    return data


def test_it_is_plain_data_with_rounded_numbers(cue: Cue) -> None:
    data = cue.explain()
    assert plain(cue) == data
    for value in walk(data):
        assert type(value) in (dict, list, str, int, float, bool, type(None)), value
        if isinstance(value, float):
            assert value == round(value, 4)


def test_it_answers_what_was_asked(cue: Cue) -> None:
    data = plain(cue)
    assert data["schema_version"] == 2
    for key in ("id", "title", "type", "style", "seed"):
        assert data[key] == getattr(cue.brief, key)
    assert [theme["name"] for theme in data["themes"]] == list(cue.themes)


def test_sections_stand_where_the_midi_markers_stand(cue: Cue) -> None:
    file = mido.MidiFile(file=io.BytesIO(cue.midi()))
    seconds, tempo = 0.0, 500_000
    markers: list[tuple[float, str]] = []
    for message in file.tracks[0]:
        seconds += mido.tick2second(message.time, file.ticks_per_beat, tempo)
        if message.type == "set_tempo":
            tempo = message.tempo
        elif message.type == "marker":
            markers.append((seconds, message.text))
    data = plain(cue)
    for section in data["sections"]:
        at = [time for time, text in markers if text.startswith(f"{section['name']} ({section['treatment']})")]
        assert any(abs(time - section["start_sec"]) < 1e-3 for time in at), section


def test_sections_fill_the_bars(cue: Cue) -> None:
    data = plain(cue)
    bar = 1
    for section in data["sections"]:
        assert section["first_bar"] == bar
        bar += section["bars"]
    assert data["bars"] == bar - 1
    starts = [section["start_sec"] for section in data["sections"]]
    assert starts[0] == 0
    assert starts == sorted(starts)
    assert starts[-1] < data["seconds"]
    low, high = data["tempo"]["range"]
    assert low <= data["tempo"]["bpm"] <= high


def test_the_chart_and_the_harmony_agree(cue: Cue) -> None:
    data = plain(cue)
    bars: list[str] = []
    for section in data["sections"]:
        assert section["chords"].startswith("| ") and section["chords"].endswith(" |")
        cells = section["chords"][2:-2].split(" | ")
        assert len(cells) == section["bars"]
        assert cells[0] != "%"  # a section can be read on its own
        bars += cells
    for chord in data["harmony"]:
        assert chord["beat"] >= 1
        assert chord["symbol"] in bars[chord["bar"] - 1].split()
    sounding = iter(data["harmony"])
    here, then = next(sounding), next(sounding, None)
    shown = ""
    for number, cell in enumerate(bars, 1):  # the chord on each first beat, from the list, is the one the chart shows
        while then is not None and (then["bar"], then["beat"]) <= (number, 1):
            here, then = then, next(sounding, None)
        shown = shown if cell == "%" else cell.split()[0]
        assert shown == here["symbol"]
        shown = shown if cell == "%" else cell.split()[-1]


def test_statements_name_parts_sections_and_themes(cue: Cue) -> None:
    data = plain(cue)
    ids = {part["id"] for part in data["parts"]}
    bars = {
        section["name"]: (section["first_bar"], section["first_bar"] + section["bars"] - 1)
        for section in data["sections"]
    }
    starts = [statement["start_sec"] for statement in data["statements"]]
    assert starts == sorted(starts)
    assert data["statements"]
    for statement in data["statements"]:
        assert statement["part"] in ids
        assert statement["theme"] in cue.themes
        assert 0 <= statement["identity"] <= 1
        first, last = statement["bars"]
        assert bars[statement["section"]][0] <= first <= last <= data["bars"]


def test_a_statement_that_ends_on_a_bar_line_ends_in_the_bar_before() -> None:
    made = compose(type="eyecatch", seconds=4, seed=1)
    section = made.score.plan.sections[0]
    bar = section.meter.bar_ticks
    name = next(iter(made.themes))
    part = made.score.parts[0]
    found = []
    for end in (bar, bar + 1, 2 * bar):
        statement = Statement(name, (), 1.0, 0, end, section.name, part.id)
        passages = (replace(part.passages[0], statement=statement),)
        score = replace(made.score, parts=(replace(part, passages=passages),))
        told: Any = explain(score, made.themes)["statements"]
        found.append(told[0]["bars"])
    assert found == [[1, 1], [1, 2], [1, 2]]


def test_parts_count_the_notes_of_the_midi_file(cue: Cue) -> None:
    """The writer drops a note only where its pitch is struck again at once, so nearly all are in the file."""
    data = plain(cue)
    struck = sum(
        message.type == "note_on" and message.velocity > 0
        for track in mido.MidiFile(file=io.BytesIO(cue.midi())).tracks
        for message in track
    )
    told = sum(part["notes"] for part in data["parts"])
    assert told == sum(len(track.onset_sec) for track in cue.performance.tracks)
    assert 0.97 * told <= struck <= told
    assert {part["id"] for part in data["parts"]} == {track.part_id for track in cue.performance.tracks}


def test_the_summary_is_the_explanation_without_the_chords(cue: Cue) -> None:
    summary = cue_summary(cue)
    data = cue.explain()
    assert "harmony" not in summary
    assert summary.pop("file_stem") == cue.file_stem
    assert summary.pop("themes") == list(cue.themes)
    assert summary == {key: value for key, value in data.items() if key not in ("harmony", "themes")}


def test_the_motif_row_has_every_theme(cue: Cue) -> None:
    row = motif_row(cue.score, [*cue.themes, "nobody"])
    assert row["nobody"] == {"recipe": "", "statements": 0, "identity": None, "ops": []}
    counts = [cell["statements"] for cell in row.values()]
    assert sum(count for count in counts if isinstance(count, int)) == len(cue.score.statements())


def test_themes_are_spelled_in_their_key() -> None:
    made = compose(type="eyecatch", seconds=4, seed=1, key="Eb major", character="tender")
    theme = next(iter(made.themes.values()))
    text = str(theme_data(theme)["notes"])
    assert "#" not in text
    assert read_notes(text, theme.melody.meter).length == theme.melody.length


@pytest.mark.parametrize("name", ["a.mid", "a.MIDI", "a.json", "a.svg", "new/folder/a.mid"])
def test_save_writes_by_ending(tmp_path: Path, name: str) -> None:
    made = compose(type="eyecatch", seconds=4, seed=1)
    path = made.save(tmp_path / name)
    assert path == tmp_path / name
    data = path.read_bytes()
    if path.suffix == ".json":
        assert json.loads(data) == made.explain()
    elif path.suffix == ".svg":
        assert data.decode("utf-8") == pianoroll_svg(made.performance)
    else:
        assert data == made.midi()
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("a.wav", r"cuesmith_render\.render\(cue\)\.save\(path\)"),
        ("a.OGG", r"cuesmith_render\.render\(cue\)\.save\(path\)"),
        ("a.flac", r"cuesmith_render\.render\(cue\)\.save\(path\)"),
        (
            "a.mp3",
            r"'\.mp3' is not a format Cuesmith writes; a cue is saved as \.mid, \.midi, \.json, \.svg; for \.wav, "
            r"\.flac, \.ogg render it: cuesmith_render\.render",
        ),
        ("plain", "no ending"),
    ],
)
def test_save_refuses_other_endings(tmp_path: Path, name: str, says: str) -> None:
    made = compose(type="eyecatch", seconds=4, seed=1)
    with pytest.raises(UsageError, match=says):
        save_cue(made, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_save_where_a_folder_or_file_is_in_the_way(tmp_path: Path) -> None:
    made = compose(type="eyecatch", seconds=4, seed=1)
    (tmp_path / "a.mid").mkdir()
    with pytest.raises(UsageError, match="it is a folder"):
        made.save(tmp_path / "a.mid")
    (tmp_path / "b").write_text("mine", encoding="utf-8")
    with pytest.raises(CuesmithError, match="is a file, not a folder"):
        made.save(tmp_path / "b" / "c.json")


def test_json_rejects_values_json_does_not_have() -> None:
    with pytest.raises(ValueError):
        json_text({"seconds": float("nan")})
