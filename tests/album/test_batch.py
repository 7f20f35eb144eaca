"""What an album run writes, and what it leaves behind when it fails."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import mido
import pytest
import soundfile

from cuesmith.errors import CuesmithError, UsageError
from cuesmith.specs.show import CueSpec, Show
from cuesmith_render.album import AlbumReport, render_album
from cuesmith_render.album.pool import worker_count
from cuesmith_render.fluid.discover import Soundfont

SCRIPT = """
import sys
from pathlib import Path
from cuesmith.specs.show import CueSpec, Show, ThemeSpec
from cuesmith_render.album import render_album

def run():
    cues = tuple(CueSpec(id=f"M-5{n:02d}", type="eyecatch", seconds=5) for n in range(40))
    show = Show(title="Long", themes={"hero": ThemeSpec(character="heroic")}, cues=cues)
    render_album(show, Path(sys.argv[1]), jobs=2, soundfont=Path(sys.argv[2]),
                 on_progress=lambda *step: print(*step, flush=True))
"""


def _content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()}


def _no_half_files(folder: Path) -> None:
    assert not [path for path in folder.iterdir() if "partial" in path.name]
    for path in folder.glob("*.flac"):
        samples, _ = soundfile.read(path)
        assert len(samples) == soundfile.info(path).frames > 0
    for path in folder.glob("*.mid"):
        assert mido.MidiFile(path).tracks


def _script(tmp_path: Path, ending: str) -> Path:
    script = tmp_path / "run.py"
    script.write_text(SCRIPT + ending, encoding="utf-8")
    return script


def test_files_and_report(album: AlbumReport, tiny_show: Show) -> None:
    stems = ["m501_eyecatch", "m502_title-script-document-title-evil-script-reveil-x"]
    assert sorted(_content(album.out_dir)) == sorted(
        ["album.m3u8", "index.html", "show.json", *(f"{s}.mid" for s in stems), *(f"{s}.flac" for s in stems)]
    )
    assert [track.number for track in album.tracks] == [1, 2]
    assert [track.audio.stem for track in album.tracks] == stems
    assert [(track.id, track.title, track.type) for track in album.tracks] == [
        (cue.id, cue.title, cue.type) for cue in tiny_show.cues
    ]
    assert [track.style for track in album.tracks] == ["symphonic", "taiko-koto"]
    assert album.soundfont == "TimGM6mb"
    assert album.index == album.out_dir / "index.html"
    assert album.seconds == pytest.approx(sum(soundfile.info(t.audio).duration for t in album.tracks))
    for track, cue in zip(album.tracks, tiny_show.cues, strict=True):
        assert cue.seconds is not None
        assert cue.seconds <= track.seconds < cue.seconds + 8
        assert -30 < track.lufs < -10
        assert track.true_peak_db <= -0.9
        assert cue.seconds - 0.01 <= mido.MidiFile(track.midi).length < cue.seconds + 8


def test_two_processes_write_the_same_bytes(
    album: AlbumReport, tiny_show: Show, embedded_font: Soundfont, tmp_path: Path
) -> None:
    told: list[tuple[str, int, int]] = []
    again = render_album(
        tiny_show, tmp_path / "two", jobs=2, soundfont=embedded_font.path, on_progress=lambda *step: told.append(step)
    )
    assert _content(again.out_dir) == _content(album.out_dir)
    assert [dataclasses.replace(t, midi=Path(), audio=Path()) for t in again.tracks] == [
        dataclasses.replace(t, midi=Path(), audio=Path()) for t in album.tracks
    ]
    assert [(done, total) for _, done, total in told] == [(1, 2), (2, 2)]
    assert {what.split()[0] for what, _, _ in told} == {"M-501", "M-502"}


def test_tags(album: AlbumReport, tiny_show: Show) -> None:
    for track in album.tracks:
        with soundfile.SoundFile(track.audio) as file:
            tags = file.copy_metadata()
        comment = tags.pop("comment")
        assert comment.startswith(f"for tests; style {track.style}, type {track.type}, seed 7, Cuesmith ")
        assert comment[-1].isdigit()
        assert {name: text for name, text in tags.items() if name != "software"} == {
            "title": track.title,
            "artist": "Ensemble",
            "album": tiny_show.title,
            "date": "2026",
            "tracknumber": str(track.number),
            "genre": "Soundtrack",
        }


def test_playlist(album: AlbumReport) -> None:
    lines = (album.out_dir / "album.m3u8").read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["#EXTM3U", "#PLAYLIST:Tiny & <b>bold</b>"]
    assert lines[3::2] == [track.audio.name for track in album.tracks]
    for line, track in zip(lines[2::2], album.tracks, strict=True):
        seconds, _, name = line.removeprefix("#EXTINF:").partition(",")
        assert abs(int(seconds) - track.seconds) <= 0.5
        assert name == f"Ensemble - {track.title}"


def test_data_names_the_files(album: AlbumReport) -> None:
    data = json.loads((album.out_dir / "show.json").read_text(encoding="utf-8"))
    assert [cue["file_stem"] for cue in data["cues"]] == [track.audio.stem for track in album.tracks]


def test_older_files_stay_and_are_not_listed(tiny_show: Show, embedded_font: Soundfont, tmp_path: Path) -> None:
    (tmp_path / "m999_of-old.flac").write_bytes(b"precious")
    (tmp_path / "index.html").write_text("old", encoding="utf-8")
    short = dataclasses.replace(tiny_show, cues=tiny_show.cues[1:])
    report = render_album(short, tmp_path, jobs=1, soundfont=embedded_font.path)
    assert (tmp_path / "m999_of-old.flac").read_bytes() == b"precious"
    for name in ("index.html", "album.m3u8", "show.json"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "of-old" not in text
        assert report.tracks[0].audio.stem in text


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failing_cue_is_named_and_the_others_finished(
    tiny_show: Show, embedded_font: Soundfont, tmp_path: Path, jobs: int
) -> None:
    bad = CueSpec(id="M-101", title="Nowhere", type="daily", style="polka", seconds=40)
    show = dataclasses.replace(tiny_show, cues=(bad, *tiny_show.cues))
    with pytest.raises(CuesmithError, match=r"cue M-101 \(Nowhere\) could not be made: .*polka") as caught:
        render_album(show, tmp_path, jobs=jobs, soundfont=embedded_font.path)
    assert "2 of 3 cues" in str(caught.value)
    assert len(list(tmp_path.glob("*.flac"))) == len(list(tmp_path.glob("*.mid"))) == 2
    assert not (tmp_path / "index.html").exists()
    _no_half_files(tmp_path)


def test_a_fault_of_any_other_kind_names_its_cue_too(tiny_show: Show, embedded_font: Soundfont, tmp_path: Path) -> None:
    show = dataclasses.replace(tiny_show, cues=(dataclasses.replace(tiny_show.cues[0], themes=("nobody",)),))
    with pytest.raises(CuesmithError, match=r"cue M-501 \(Eyecatch\).*KeyError: 'nobody'.*report"):
        render_album(show, tmp_path, jobs=1, soundfont=embedded_font.path)


def test_an_interrupt_leaves_no_half_files(tiny_show: Show, embedded_font: Soundfont, tmp_path: Path) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render_album(tiny_show, tmp_path, jobs=1, soundfont=embedded_font.path, on_progress=interrupt)
    assert len(list(tmp_path.glob("*.flac"))) == 1
    assert not (tmp_path / "index.html").exists()
    _no_half_files(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX")
def test_ctrl_c_in_a_terminal(embedded_font: Soundfont, tmp_path: Path) -> None:
    script = _script(tmp_path, "\nif __name__ == '__main__':\n    run()\n")
    out = tmp_path / "out"
    run = subprocess.Popen(
        [sys.executable, str(script), str(out), str(embedded_font.path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # in the background of a shell SIGINT is ignored, and children inherit that
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert run.stdout is not None
    for done in (1, 2, 3):  # by the third, both workers are up
        assert run.stdout.readline().endswith(f" {done} 40\n")
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to the whole group
    _, told = run.communicate(timeout=60)
    assert run.returncode != 0
    assert told.count("Traceback") <= 1, told  # the parent's own; the workers stay silent
    assert 1 <= len(list(out.glob("*.flac"))) < 40
    _no_half_files(out)


def test_a_script_without_guard_is_told_so(embedded_font: Soundfont, tmp_path: Path) -> None:
    script = _script(tmp_path, "\nrun()\n")
    run = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "out"), str(embedded_font.path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode != 0
    assert "CuesmithError: a worker process of the album ended" in run.stderr.splitlines()[-1]
    assert "__main__" in run.stderr.splitlines()[-1]


def test_worker_count() -> None:
    assert worker_count(3, 10) == 3
    assert worker_count(8, 2) == 2
    assert 1 <= worker_count(0, 200) <= (os.cpu_count() or 1)
    with pytest.raises(UsageError, match="-1 jobs"):
        worker_count(-1, 3)


def test_faults_seen_before_any_work(tiny_show: Show, embedded_font: Soundfont, tmp_path: Path) -> None:
    occupied = tmp_path / "album"
    occupied.write_text("a file", encoding="utf-8")
    with pytest.raises(UsageError, match="is a file"):
        render_album(tiny_show, occupied, soundfont=embedded_font.path)
    twice = dataclasses.replace(tiny_show, cues=(tiny_show.cues[0], dataclasses.replace(tiny_show.cues[1], id="M501")))
    with pytest.raises(UsageError, match=r"M-501 and M501"):
        render_album(twice, tmp_path / "twice", soundfont=embedded_font.path)
    with pytest.raises(CuesmithError, match=r"nowhere\.sf2"):
        render_album(tiny_show, tmp_path / "mute", soundfont=tmp_path / "nowhere.sf2")
    assert list(tmp_path.iterdir()) == [occupied]
