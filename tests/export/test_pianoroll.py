"""The picture of a cue: well formed, small, and showing what the performance contains."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuesmith.export.pianoroll import ROLE_COLOURS, pianoroll_svg
from cuesmith.music.meter import Meter, MeterChange
from cuesmith.music.tempo import constant_tempo
from cuesmith.perform.model import Marker, Performance, Track

SVG = "{http://www.w3.org/2000/svg}"
RECTANGLE = re.compile(r"m(-?\d+) (-?\d+)h(\d+)v(\d+)h-(\d+)z")


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in parsed(svg).iter(f"{SVG}text")]


def rectangles(svg: str, colour: str) -> list[tuple[float, float, float, float, float]]:
    """Return (x, y, width, height, opacity) in pixels of every note of this colour, in order of x."""
    out = []
    for path in parsed(svg).iter(f"{SVG}path"):
        if path.get("fill") == colour and path.get("transform"):
            x = y = 0
            data = path.get("d") or ""
            assert RECTANGLE.sub("", data) == ""
            for dx, dy, width, height, back in RECTANGLE.findall(data):
                assert width == back
                x, y = x + int(dx), y + int(dy)
                out.append((x / 10, y / 10, int(width) / 10, int(height) / 10, float(path.get("opacity") or 1)))
    return sorted(out)


def big_cue(notes: int, tracks: int = len(ROLE_COLOURS)) -> Performance:
    """Return notes spread over three minutes, every role and five octaves, in no simple pattern."""
    step = np.arange(notes // tracks)
    at, long = (step * (180 / len(step))).astype(np.float64), (0.1 + step % 7 * 0.2).astype(np.float64)
    players = tuple(
        Track(role, role, role, 0, "melody", number, 0, False, at + number * 0.013, long,
              (36 + step * (number + 7) % 60).astype(np.int16), (20 + step * 13 % 108).astype(np.int16))
        for number, role in enumerate(ROLE_COLOURS)
    )  # fmt: skip
    return Performance("Big", players, constant_tempo(120), (MeterChange(0, Meter(4, 4)),), (), (), 180.0, 345_600)


def test_it_shows_what_the_cue_holds(performance: Performance) -> None:
    svg = pianoroll_svg(performance)
    words = texts(svg)
    assert words[0] == "Lanterns – 灯籠"
    assert {"Intro", "A – 主題", "hero (augmented)", "lead", "pad", "drums", "energy", "C4", "C5"} <= set(words)
    assert {"1", "2", "3", "4"} <= set(words) and "5" not in words  # bar numbers
    root = parsed(svg)
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("1200", "360", "0 0 1200 360")


def test_every_note_stands_at_its_tick_and_pitch(performance: Performance) -> None:
    lead = rectangles(pianoroll_svg(performance), ROLE_COLOURS["lead"])
    ticks = [(0, 960), (960, 960), (1_920, 5_760), (9_600, 4_800)]
    scale = (1_200 - 40 - 10) / 14_400  # pixels per tick between the margins
    for (x, _, width, _, _), (tick, length) in zip(lead, ticks, strict=True):
        assert x == pytest.approx(40 + tick * scale, abs=0.06)
        assert width == pytest.approx(length * scale - 0.2, abs=0.06)
    heights = [y for _, y, _, _, _ in lead]
    assert heights[0] == heights[3] > heights[1] > heights[2]  # 74, 76, 81, 74
    assert (heights[0] - heights[2]) / (heights[0] - heights[1]) == pytest.approx(7 / 2, rel=0.05)
    assert [opacity for *_, opacity in lead] == [1.0, 0.8, 1.0, 0.6]  # velocities 100, 90, 110, 64


def test_the_lead_is_drawn_last() -> None:
    svg = pianoroll_svg(big_cue(400))
    assert list(ROLE_COLOURS)[-1] == "lead"
    first = [svg.index(f'<path transform="scale(.1)" fill="{colour}"') for colour in ROLE_COLOURS.values()]
    assert first == sorted(first)


def test_every_note_is_drawn_once() -> None:
    cue = big_cue(2_700)
    svg = pianoroll_svg(cue)
    for track in cue.tracks:
        inside = int(np.sum(track.onset_sec < cue.length_sec))
        assert len(rectangles(svg, ROLE_COLOURS[track.role])) == inside == 300


def test_three_thousand_notes_stay_small() -> None:
    cue = big_cue(3_006)
    assert sum(len(track.pitch) for track in cue.tracks) == 3_006
    assert len(pianoroll_svg(cue).encode()) < 100_000


def test_everything_is_inside_the_picture(performance: Performance) -> None:
    for cue in (performance, big_cue(800)):
        svg = pianoroll_svg(cue, width=640, height=240)
        for colour in (*ROLE_COLOURS.values(), "#d3d8e2"):
            for x, y, width, height, _ in rectangles(svg, colour):
                assert x >= 40 and x + width <= 640
                assert y >= 0 and y + height <= 240


def test_notes_after_the_last_bar_line_are_left_out() -> None:
    cue = replace(big_cue(800), length_sec=90.0, length_ticks=172_800)
    track = cue.tracks[-1]
    drawn = rectangles(pianoroll_svg(cue), ROLE_COLOURS["lead"])
    assert len(drawn) == int(np.sum(track.onset_sec < 90)) < len(track.onset_sec)


def test_energy_is_velocity_times_sounding_notes_per_beat() -> None:
    at = np.array([0.0, 0.0, 1.0])  # beats 0, 0, 2 at 120 bpm
    long = np.array([0.5, 1.5, 0.5])
    velocity = np.array([60, 40, 100], np.int16)
    track = Track("T", "t", "lead", 0, "melody", 0, 0, False, at, long, np.array([60, 64, 67], np.int16), velocity)
    cue = Performance("E", (track,), constant_tempo(120), (), (), (), 2.0, 3_840)
    path = next(p for p in parsed(pianoroll_svg(cue)).iter(f"{SVG}path") if p.get("fill-opacity"))
    points = [tuple(map(float, pair.split())) for pair in (path.get("d") or "")[1:].split("V")[0].split("L")]
    base = points[0][1]
    heights = [base - y for _, y in points[2:-1]]  # without the corner and the two edges
    assert heights == pytest.approx([33 * energy / 140 for energy in (100, 40, 140, 0)], abs=0.06)


def test_a_title_of_ones_own_and_awkward_characters(performance: Performance) -> None:
    markers = (Marker(0, 0, "A & <B> \x07"), Marker(0, 0, "", "statement"), Marker(99.0, 14_400, "end"))
    svg = pianoroll_svg(replace(performance, markers=markers), title="<Duel> & \x00'Gate'")
    assert texts(svg)[0] == "<Duel> & 'Gate'"
    assert "A & <B> " in texts(svg)


def test_names_are_shortened_to_fit(performance: Performance) -> None:
    markers = (Marker(0, 0, "A very long name " * 20), Marker(0.5, 960, "B"))
    cut = [text for text in texts(pianoroll_svg(replace(performance, markers=markers))) if text.startswith("A very")]
    assert len(cut) == 1 and cut[0].endswith("…") and len(cut[0]) < 20


def test_empty_cues_have_a_picture_too() -> None:
    for length in (0, 1, 3_840):
        cue = Performance("", (), constant_tempo(120), (), (), (), 0.0, length)
        assert "energy" in texts(pianoroll_svg(cue))


def test_a_role_without_a_colour_is_drawn_below() -> None:
    cue = big_cue(80)
    stranger = replace(cue.tracks[0], role="narrator")
    svg = pianoroll_svg(replace(cue, tracks=(stranger, *cue.tracks)))
    assert svg.index("#8a93a5") < svg.index(f'scale(.1)" fill="{ROLE_COLOURS["pad"]}"')


@given(st.text(max_size=20), st.text(max_size=20), st.integers(320, 2_000), st.integers(240, 900))
def test_any_text_and_size_make_well_formed_xml(title: str, name: str, width: int, height: int) -> None:
    cue = replace(big_cue(16), markers=(Marker(0, 0, name), Marker(0, 0, name, "statement")))
    svg = pianoroll_svg(cue, width=width, height=height, title=title)
    assert parsed(svg).get("width") == str(width)
    assert svg == pianoroll_svg(cue, width=width, height=height, title=title)
