"""Spotting lists from CSV and EDL: exports of editing software are read, and every fault has its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuesmith.errors import SpecError, UsageError
from cuesmith.music.timecode import RATES
from cuesmith.show.compose_show import briefs_of
from cuesmith.specs.load import load_show
from cuesmith.specs.spotting_list import HitSpec, read_hits

PAL = RATES["25"]


def read(folder: Path, name: str, text: str | bytes) -> list[tuple[float, str, float, str]]:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [(round(float(h.at), 4), h.kind, h.weight, h.note) for h in read_hits(file, PAL, name=name)]


def faults(folder: Path, name: str, text: str) -> str:
    with pytest.raises(SpecError) as caught:
        read(folder, name, text)
    return str(caught.value)


@pytest.mark.parametrize("header", ["", "time,note,kind,weight\n", "Timecode,Name,Type,Weight\n"])
def test_csv_with_and_without_a_header(tmp_path: Path, header: str) -> None:
    text = header + '12.4,"door, slams"\n00:00:21:10,she turns,entry,.8\n\n# later\n1:00.5,fall,stop,1\n'
    assert read(tmp_path, "b.csv", text) == [
        (12.4, "accent", 1.0, "door, slams"), (21.4, "entry", 0.8, "she turns"), (60.5, "stop", 1.0, "fall"),
    ]  # fmt: skip


def test_csv_columns_in_any_order_and_other_signs_between_them(tmp_path: Path) -> None:
    assert read(tmp_path, "b.tsv", "kind\ttime\nclimax\t3\n") == [(3.0, "climax", 1.0, "")]
    assert [row[3] for row in read(tmp_path, "b.csv", "5;door\n3;window\n")] == ["window", "door"]
    assert read(tmp_path, "b.csv", "5,Climax: the door\n") == [(5.0, "climax", 1.0, "the door")]
    assert read(tmp_path, "b.csv", "5,Tür\n".encode("latin-1")) == [(5.0, "accent", 1.0, "Tür")]
    assert read(tmp_path, "b.csv", "5,Tür\n".encode("utf-16")) == [(5.0, "accent", 1.0, "Tür")]


def test_labels_of_a_reel_count_from_its_hour(tmp_path: Path) -> None:
    assert [row[0] for row in read(tmp_path, "b.csv", "01:00:02:00,a\n01:00:04:05,b\n")] == [2.0, 4.2]


def test_csv_faults_stand_at_their_lines(tmp_path: Path) -> None:
    said = faults(tmp_path, "b.csv", "time,note,kind,weight\nsoon,a\n3,b,acent\n4,c,stop,2\n5,d,e,f,g\n")
    assert said.splitlines()[0].startswith("b.csv:2: 'soon' is no time")
    assert "b.csv:3: unknown kind 'acent'; did you mean 'accent'?" in said
    assert "b.csv:4: '2' is no weight" in said
    assert "b.csv:5: 5 columns" in said
    assert "no hit in this file" in faults(tmp_path, "b.csv", "time,note\n")
    with pytest.raises(UsageError, match="cannot be read"):
        read_hits(tmp_path / "none.csv", PAL)


EDL = """TITLE: REEL 1
FCM: NON-DROP FRAME

001  AX       V     C        00:00:00:00 00:00:12:10 01:00:00:00 01:00:12:10
* FROM CLIP NAME: HALL.MOV
* LOC: 01:00:03:05 RED     CLIMAX THE DOOR
002  AX       V     C        00:00:00:00 00:00:05:00 01:00:12:10 01:00:17:10
M2   AX       025.0                00:00:00:00
"""


def test_edl_locators_are_hits(tmp_path: Path) -> None:
    assert read(tmp_path, "r.edl", EDL) == [(3.2, "climax", 1.0, "THE DOOR")]


def test_edl_cuts_are_light_accents_where_nobody_marked(tmp_path: Path) -> None:
    assert read(tmp_path, "r.edl", EDL.replace("* LOC", "* OLD")) == [(12.4, "accent", 0.5, "")]


def test_edl_lists_of_markers(tmp_path: Path) -> None:
    text = (
        "TITLE: M\n\n001  001      V     C        01:00:02:00 01:00:02:01 01:00:02:00 01:00:02:01  \n"
        " |C:ResolveColorBlue |M:entry she comes |D:1\n"
    )
    assert read(tmp_path, "m.edl", text) == [(2.0, "entry", 1.0, "she comes")]


def test_edl_drop_frame_and_faults(tmp_path: Path) -> None:
    dropped = EDL.replace("NON-DROP", "DROP").replace("01:00:03:05", "01:01:00;02")
    assert read(tmp_path, "r.edl", dropped)[0][0] == pytest.approx(60.06)
    assert "r.edl:4: no event" in faults(tmp_path, "r.edl", EDL.replace("01:00:00:00 01:00:12:10", "01:00:00:00"))
    assert "r.edl:6: '01:00:03:35'" in faults(tmp_path, "r.edl", EDL.replace("03:05", "03:35"))


SHOW = """
title: T
themes: {hero: {character: heroic}}
cues:
  - {id: M-1, type: battle, seconds: 90, fps: 25, hits: [{at: "00:00:10:05", kind: entry}], hits_file: beats.csv}
"""


def test_a_show_takes_hits_and_a_file_beside_it(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(SHOW)
    (tmp_path / "beats.csv").write_text("00:00:20:00,door\n")
    show = load_show(tmp_path / "s.yaml")
    assert show.cues[0].hits == (HitSpec(at="00:00:10:05", kind="entry"), HitSpec(at=20.0, note="door"))
    brief = briefs_of(show)[0]
    assert [(hit.at_sec, hit.kind) for hit in brief.hits] == [(10.2, "entry"), (20.0, "accent")]
    (tmp_path / "beats.csv").write_text("x,door\n")
    with pytest.raises(SpecError, match=r"s\.yaml:5:.*beats\.csv:1: 'x' is no time"):
        load_show(tmp_path / "s.yaml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("00:00:10:05", "00:00:10:25", "no frame 25 at 25"),
        ("00:00:10:05", "later", "is no time"),
        ("fps: 25", "fps: 26", "not a frame rate"),
        ("kind: entry", "kind: enter", "entry"),
        ("seconds: 90", "seconds: 700", "force: true"),
    ],
)
def test_faults_in_the_hits_of_a_show(tmp_path: Path, old: str, new: str, message: str) -> None:
    (tmp_path / "s.yaml").write_text(SHOW.replace(old, new))
    (tmp_path / "beats.csv").write_text("00:00:20:00,door\n")
    with pytest.raises(SpecError, match=message):
        load_show(tmp_path / "s.yaml")


def test_a_forced_length_is_taken(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(SHOW.replace("seconds: 90", "seconds: 700, force: true"))
    (tmp_path / "beats.csv").write_text("20,door\n")
    assert load_show(tmp_path / "s.yaml").cues[0].force


def test_the_length_of_a_cue_as_text(tmp_path: Path) -> None:
    (tmp_path / "beats.csv").write_text("20,door\n")
    for text, seconds in (("1:30.5", 90.5), ("00:01:30:05@25", 90.2)):
        (tmp_path / "s.yaml").write_text(SHOW.replace("seconds: 90", f'seconds: "{text}"'))
        assert load_show(tmp_path / "s.yaml").cues[0].seconds == pytest.approx(seconds)
    (tmp_path / "s.yaml").write_text(SHOW.replace("seconds: 90", 'seconds: "00:01:30:05"'))
    with pytest.raises(SpecError, match="needs its frame rate: 00:01:30:05@24"):
        load_show(tmp_path / "s.yaml")
