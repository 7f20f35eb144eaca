"""`cuesmith show` and `cuesmith album` on a show of two short cues."""

from __future__ import annotations

import json
from pathlib import Path

import mido
import pytest

from .conftest import Run

NAMES = ["m501_doors.mid", "m502_hearth.mid"]


def test_show_writes_a_midi_file_per_cue_and_show_json(run: Run, show_file: Path) -> None:
    done = run("show", show_file, "-o", "out")
    assert done.exit_code == 0
    assert sorted(path.name for path in Path("out").iterdir()) == [*NAMES, "show.json"]
    lengths = [mido.MidiFile(Path("out") / name).length for name in NAMES]
    for length, seconds in zip(lengths, (4, 5), strict=True):
        assert length == pytest.approx(seconds, abs=0.001)  # to the last bar line
    assert "M-501" in done.stdout
    assert "2 cues, 0:09.0, in out" in done.stdout
    assert done.stderr.splitlines() == ["[1/2] M-501 Doors", "[2/2] M-502 Hearth"]


def test_show_json_is_what_json_prints(run: Run, show_file: Path) -> None:
    done = run("show", show_file, "-o", "out", "--json", "-q")
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert told == json.loads((Path("out") / "show.json").read_text("utf-8"))
    assert told["title"] == "Small show – 小さな"
    assert [f"{cue['file_stem']}.mid" for cue in told["cues"]] == NAMES
    assert all("harmony" not in cue for cue in told["cues"])


def test_motif_matrix_counts_the_statements(run: Run, show_file: Path) -> None:
    told = json.loads(run("show", show_file, "-o", "out", "--json", "-q").stdout)
    assert [row["cue"] for row in told["motif_matrix"]] == ["M-501", "M-502"]
    for row, cue in zip(told["motif_matrix"], told["cues"], strict=True):
        assert list(row["themes"]) == ["hero", "home"]
        for name, cell in row["themes"].items():
            heard = [statement for statement in cue["statements"] if statement["theme"] == name]
            assert cell["statements"] == len(heard)
            assert cell["identity"] == max((statement["identity"] for statement in heard), default=None)
            assert set(cell["ops"]) == {op for statement in heard for op in statement["ops"]}


def test_same_show_same_bytes(run: Run, show_file: Path) -> None:
    for folder in ("one", "two"):
        assert run("show", show_file, "-o", folder, "-q").exit_code == 0
    for name in (*NAMES, "show.json"):
        assert (Path("one") / name).read_bytes() == (Path("two") / name).read_bytes()


@pytest.mark.parametrize("command", ["show", "album"])
class TestWrongRequests:
    """Requests that both commands reject before they write anything."""

    def test_unknown_show(self, run: Run, command: str) -> None:
        assert "no show named 'nowhere'" in run(command, "nowhere", "-o", "out").failed(2)

    def test_missing_file(self, run: Run, command: str) -> None:
        assert "gone.yaml: no such file" in run(command, "gone.yaml", "-o", "out").failed(2)

    def test_faulty_show(self, run: Run, command: str) -> None:
        Path("bad.yaml").write_text(
            "title: Bad\nstyle: symphonc\ncues:\n  - {id: M-1, type: batle}\n", encoding="utf-8"
        )
        message = run(command, "bad.yaml", "-o", "out").failed(3)
        assert "bad.yaml:2:8: style: unknown style 'symphonc'" in message
        assert "cues[0].type: unknown cue type 'batle'" in message
        assert not Path("out").exists()

    def test_folder_is_a_file(self, run: Run, show_file: Path, command: str) -> None:
        Path("out").write_text("mine", encoding="utf-8")
        assert "out is a file, not a folder" in run(command, show_file, "-o", "out").failed(2)
        assert Path("out").read_text(encoding="utf-8") == "mine"

    def test_output_is_needed(self, run: Run, show_file: Path, command: str) -> None:
        done = run(command, show_file)
        assert done.exit_code == 2
        assert "--output" in done.stderr


def test_negative_jobs(run: Run, show_file: Path) -> None:
    done = run("album", show_file, "-o", "out", "-j", "-1")
    assert done.exit_code == 2
    assert "--jobs" in done.stderr


def test_album_renders_every_cue_and_says_where_to_look(run: Run, show_file: Path) -> None:
    pytest.importorskip("soundfile")
    done = run("album", show_file, "-o", "out", "-j", "1", "--json")
    assert done.exit_code == 0, done.stderr
    assert "[2/2]" in done.stderr
    told = json.loads(done.stdout)
    assert [track["id"] for track in told["tracks"]] == ["M-501", "M-502"]
    for track in told["tracks"]:
        assert Path(track["midi"]).is_file()
        assert Path(track["audio"]).stat().st_size > 10_000
    assert Path(told["index"]).is_file()

    again = run("album", show_file, "-o", "out", "-j", "1", "-q")
    assert (again.exit_code, again.stdout, again.stderr) == (0, "", "")
    table = run("album", show_file, "-o", "out", "-j", "1")
    assert table.stdout.splitlines()[-1] == f"open {Path('out') / 'index.html'}"
    assert "Hearth" in table.stdout
