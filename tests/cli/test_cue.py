"""`cuesmith cue`: what it writes, what it prints, and all kinds of wrong input."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from xml.etree import ElementTree

import mido
import pytest

from cuesmith.cli.options import output_files, seed_of
from cuesmith.errors import UsageError

from .conftest import Run

SHORT = ("cue", "--type", "eyecatch", "--seconds", "4", "--seed", "5")


def files_here() -> list[str]:
    return sorted(str(path) for path in Path().rglob("*") if path.is_file())


def test_writes_exactly_the_files_asked(run: Run) -> None:
    done = run(*SHORT, "-o", "a.mid", "-o", "deep/er/b.json", "-o", "c.svg", "--title", "Doors")
    assert done.exit_code == 0
    assert done.stderr == ""
    assert files_here() == ["a.mid", "c.svg", "deep/er/b.json"]
    explained = json.loads(Path("deep/er/b.json").read_text("utf-8"))
    assert (explained["title"], explained["type"], explained["seed"]) == ("Doors", "eyecatch", 5)
    assert mido.MidiFile(file=io.BytesIO(Path("a.mid").read_bytes())).length == pytest.approx(4, abs=0.01)
    assert ElementTree.fromstring(Path("c.svg").read_text("utf-8")).tag.endswith("svg")


def test_all_files_are_of_one_cue(run: Run) -> None:
    assert run(*SHORT, "-o", "a.mid", "-o", "b.MIDI").exit_code == 0
    assert Path("a.mid").read_bytes() == Path("b.MIDI").read_bytes()
    assert run(*SHORT[:-1], "6", "-o", "c.mid").exit_code == 0
    assert Path("c.mid").read_bytes() != Path("a.mid").read_bytes()


def test_summary_says_what_was_made(run: Run) -> None:
    done = run(*SHORT, "-o", "a.mid", "--key", "Bb minor", "--title", "Tür")
    assert done.stdout.startswith("Tür (eyecatch, symphonic, seed 5)")
    for part in ("Bb minor", "4 s (0:04.0)", "bars", "parts", "a.mid"):
        assert part in done.stdout


def test_quiet_prints_nothing(run: Run) -> None:
    done = run(*SHORT, "-q", "-o", "a.mid")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")


def test_json_describes_the_file(run: Run) -> None:
    done = run(*SHORT, "--json", "-o", "a.json", "-o", "b.mid")
    told = json.loads(done.stdout)
    written = json.loads(Path("a.json").read_text("utf-8"))
    assert told.pop("files") == ["a.json", "b.mid"]
    for key in ("title", "key", "tempo", "bars", "seconds", "sections", "parts", "statements"):
        assert told[key] == written[key]
    assert "harmony" not in told


def test_audio_carries_the_title(run: Run) -> None:
    soundfile = pytest.importorskip("soundfile")
    assert run(*SHORT, "-q", "--title", "Doors", "-o", "a.flac").exit_code == 0
    with soundfile.SoundFile("a.flac") as sound:
        assert sound.title == "Doors"
        assert sound.frames / sound.samplerate >= 4


@pytest.mark.parametrize("wrong", ["nan", "inf", "-inf", "-1", "1e9", "0"])
def test_impossible_length(run: Run, wrong: str) -> None:
    message = run("cue", "--type", "eyecatch", "--seconds", wrong, "-o", "a.mid").failed(2)
    assert "--seconds" in message
    assert "eyecatch cue lasts" in message
    assert files_here() == []


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--style", "symphnic"), "did you mean 'symphonic'"),
        (("--style", "gone.yaml"), "gone.yaml: no such file"),
        (("--type", "batle"), "did you mean 'battle'"),
        (("--character", "heroik"), "did you mean 'heroic'"),
        (("--key", "H major"), "'H' is not a note name"),
        (("--key", ""), "a key is a tonic and a mode"),
        (("--key", "D mjor"), "unknown mode"),
        (("--tempo", "nan"), "30 to 260"),
        (("--tempo", "1000"), "30 to 260"),
        (("--seed", " "), "--seed is empty"),
        (("--title", "  "), "1 to 120"),
        (("--title", "x" * 121), "1 to 120"),
        (("--title", "a\x07b"), "control characters"),
        (("--title", "a\udcffb"), "broken text"),
        (("--seed", "a\udcffb"), "broken text"),
        (("-o", "a.mid"), "named twice"),
        (("-o", "./sub/../a.mid"), "named twice"),
        (("-o", "a.mp3"), "'.mp3' is not a format"),
        (("-o", "plain"), "the name has no ending"),
        (("-o", "folder.mid"), "this is a folder"),
        (("-o", "file.txt/a.mid"), "file.txt is a file, not a folder"),
    ],
)
def test_wrong_requests(run: Run, args: tuple[str, ...], says: str) -> None:
    Path("folder.mid").mkdir()
    Path("file.txt").write_text("mine", encoding="utf-8")
    message = run("cue", "-o", "a.mid", *args).failed(2)
    assert says in message
    assert message.count("\n") == 1
    assert files_here() == ["file.txt"]


def test_no_output_names_an_example(run: Run) -> None:
    assert "cuesmith cue --style symphonic --type battle -o battle.mid" in run("cue").failed(2)


@pytest.mark.parametrize("args", [("cue", "--seconds", "long"), ("cue", "--louder"), ("compse",), ("cue", "extra")])
def test_arguments_the_parser_rejects(run: Run, args: tuple[str, ...]) -> None:
    done = run(*args)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr


def test_faulty_style_file(run: Run) -> None:
    Path("mine.yaml").write_text("title: Mine\nfamily: orchestra\n", encoding="utf-8")
    message = run("cue", "--style", "mine.yaml", "-o", "a.mid").failed(3)
    assert "mine.yaml:2:" in message
    assert files_here() == ["mine.yaml"]


def test_own_style_file(run: Run) -> None:
    Path("mine.yaml").write_text("extends: synth\ntitle: Mine\n", encoding="utf-8")
    assert run(*SHORT, "--style", "mine.yaml", "-o", "a.mid").exit_code == 0
    assert files_here() == ["a.mid", "mine.yaml"]


def test_without_a_synthesiser_nothing_is_written(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("soundfile")
    monkeypatch.setenv("CUESMITH_FLUIDSYNTH", "nowhere.so")
    message = run(*SHORT, "-o", "a.mid", "-o", "b.wav").failed(4)
    assert "nowhere.so" in message
    assert files_here() == []


def test_soundfont_that_is_not_there(run: Run) -> None:
    pytest.importorskip("soundfile")
    assert "gone.sf2" in run(*SHORT, "-o", "b.wav", "--soundfont", "gone.sf2").failed(4)
    assert files_here() == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_folder_without_permission(run: Run) -> None:
    Path("locked").mkdir(mode=0o500)
    assert "no permission" in run("cue", "-o", "locked/a.mid").failed(1)


@pytest.mark.parametrize(
    ("text", "seed"),
    [("7", 7), ("-7", -7), ("007", 7), ("1_000", "1_000"), ("7.5", "7.5"), ("hero", "hero"), ("９", "９"),
     ("9" * 5000, "9" * 5000)],
)  # fmt: skip
def test_seeds_are_numbers_or_words(text: str, seed: int | str) -> None:
    assert seed_of(text) == seed
    assert type(seed_of(text)) is type(seed)


@pytest.mark.parametrize("seed", ["-5", "lantern", "９" * 40])
def test_any_seed_composes(run: Run, seed: str) -> None:
    done = run("cue", "--type", "eyecatch", "--seconds", "4", "--seed", seed, "--json", "-o", "a.mid")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["seed"] == seed_of(seed)


def test_a_link_to_the_same_file_is_named_twice(tmp_path: Path) -> None:
    (tmp_path / "a.mid").write_bytes(b"")
    try:
        (tmp_path / "b.mid").symlink_to(tmp_path / "a.mid")
    except OSError:
        pytest.skip("no symbolic links here")
    with pytest.raises(UsageError, match="named twice"):
        output_files((tmp_path / "a.mid", tmp_path / "b.mid"), (".mid",))


def test_length_as_timecode_and_hits_from_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "beats.csv").write_text("time,note,kind\n12.4,door,accent\n00:00:30:12,blow,climax\n")
    done = run(
        "cue", "--type", "chase", "--seconds", "00:01:02:12@25", "--fps", "25", "--hits", str(tmp_path / "beats.csv"),
        "-o", str(tmp_path / "a.json"),
    )  # fmt: skip
    assert "hits    2, 2 on bar lines" in done.stdout
    made = json.loads((tmp_path / "a.json").read_text())
    assert made["seconds"] == 62.48
    assert [(hit["at_sec"], hit["kind"], hit["timecode"]) for hit in made["hits"]] == [
        (12.4, "accent", "00:00:12:10"), (30.48, "climax", "00:00:30:12"),
    ]  # fmt: skip
    assert all(abs(hit["error_ms"]) < 1 for hit in made["hits"])


def test_faults_in_times_and_hits(run: Run, tmp_path: Path) -> None:
    assert "is no time" in run("cue", "--seconds", "soon", "-o", "a.mid").failed(2)
    assert "no frame 24" in run("cue", "--seconds", "00:01:00:24", "-o", "a.mid").failed(2)
    assert "--fps: '26' is not a frame rate" in run("cue", "--fps", "26", "-o", "a.mid").failed(2)
    (tmp_path / "b.csv").write_text("3,a\nx,b\n")
    assert "b.csv:2: 'x' is no time" in run("cue", "--hits", str(tmp_path / "b.csv"), "-o", "a.mid").failed(3)
    (tmp_path / "b.csv").write_text("3,a\n3.1,b\n")
    assert "cannot be had together: accent at 3.000 s (a), accent at 3.100 s (b)" in run(
        "cue", "--hits", str(tmp_path / "b.csv"), "-o", "a.mid"
    ).failed(1)


def test_a_length_no_type_is_made_for_can_be_forced(run: Run) -> None:
    assert "--force" in run("cue", "--type", "eyecatch", "--seconds", "40", "-o", "a.mid").failed(2)
    assert "40 s" in run("cue", "--type", "eyecatch", "--seconds", "40", "--force", "-o", "a.mid").stdout


def test_beats_from_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("time,note\n0,lonely\n0:12,hopeful now\n22,the reveal\n")
    (tmp_path / "h.csv").write_text("30.5,door\n")
    done = run(
        "cue", "--type", "tender", "--seconds", "42", "--beats", str(tmp_path / "b.csv"), "--hits",
        str(tmp_path / "h.csv"), "-o", "a.mid", "-o", "a.json",
    )  # fmt: skip
    assert done.exit_code == 0
    assert "beats   3, at most" in done.stdout and "hits    2, " in done.stdout
    made = json.loads(Path("a.json").read_text("utf-8"))
    assert [beat["at_sec"] for beat in made["beats"]] == [0, 12, 22]
    assert [beat["name"] for beat in made["beats"]] == ["lonely", "hopeful", "reveal"]
    assert made["sections"][0]["feel"] == "lonely"
    (tmp_path / "b.yaml").write_text("- {at: 0, feel: lonely}\n- {at: 9, recipe: sadd}\n")
    said = run("cue", "--beats", str(tmp_path / "b.yaml"), "-o", "a.mid").failed(3)
    assert "b.yaml:2:19: [1].recipe: unknown recipe 'sadd'; did you mean 'sad'?" in said
    assert "b.csv:2:3: 'lonly' names no feeling" in _said_of(run, tmp_path / "b.csv", "time,note\n0,lonly\n")
    assert "the list cannot be read" in run("cue", "--beats", str(tmp_path / "no.csv"), "-o", "a.mid").failed(2)


def _said_of(run: Run, file: Path, text: str) -> str:
    file.write_text(text)
    return run("cue", "--beats", str(file), "-o", "a.mid").failed(3)


def test_a_meter_is_asked_for(run: Run) -> None:
    asked = ("cue", "--type", "ceremony", "--seconds", "30", "--seed", "5", "--meter")
    done = run(*asked, "free", "-o", "a.json")
    assert done.exit_code == 0 and " breaths" in done.stdout
    explained = json.loads(Path("a.json").read_text("utf-8"))
    assert explained["meter"] == "free" and all(section["breaths"] for section in explained["sections"])
    assert run(*asked, "3/4", "-o", "b.json").exit_code == 0
    assert json.loads(Path("b.json").read_text("utf-8"))["meter"] == "3/4"
    for wrong, said in (("often", "not a meter"), ("17/4", "quarter notes")):
        refused = run(*asked, wrong, "-o", "c.mid")
        assert refused.exit_code == 2 and said in refused.stderr
    refused = run(*asked, "free", "--style", "lofi-study", "-o", "c.mid")
    assert refused.exit_code == 2 and "keeps a pulse" in refused.stderr
