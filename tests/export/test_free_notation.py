"""Notation of free meter: breaths as time signatures, breath marks instead of bar lines, and the printed words."""

from __future__ import annotations

import io
from functools import cache
from itertools import pairwise
from xml.etree import ElementTree

import mido
import pretty_midi
import pytest

from cuesmith.critic.critique import critique_midi
from cuesmith.critic.midi import read_view
from cuesmith.cue.compose import compose
from cuesmith.cue.cue import Cue
from cuesmith.export.pianoroll import pianoroll_svg
from cuesmith.music.bar_grid import free_starts
from cuesmith.music.meter import FREE, MISURATO, SENZA_MISURA, Meter, MeterChange, parse_meter, parse_meters
from cuesmith.specs.banks.library import load_banks


@cache
def made(meter: str = "free", style: str = "symphonic", type_: str = "ceremony") -> Cue:
    return compose(style=style, type=type_, seed=4, seconds=60, meter=meter)


def test_how_free_meter_is_written() -> None:
    assert parse_meter(" free ") is FREE and str(FREE) == "free"
    assert FREE.strong_ticks == (0,) and FREE.strength(0) == 4 and FREE.strength(2 * 960) < 3
    assert parse_meters("free+4/4").of("contrast") == Meter(4, 4) and parse_meters("free+4/4").home == FREE


def test_midi_has_a_signature_for_every_breath() -> None:
    cue = made()
    data = cue.midi()
    file = mido.MidiFile(file=io.BytesIO(data))
    assert file.length == pytest.approx(60, abs=2e-3)
    signs, words, at = [], [], 0
    for message in file.tracks[0]:
        at += message.time
        if message.type == "time_signature":
            signs.append((at, message.numerator, message.denominator))
        elif message.type == "marker":
            words.append((at, message.text))
    assert signs == [(change.tick, change.meter.numerator, 4) for change in cue.score.plan.meters()]
    assert len({sign[1] for sign in signs}) >= 3
    assert (0, SENZA_MISURA) in words and not any(text == MISURATO for _, text in words)
    again = pretty_midi.PrettyMIDI(io.BytesIO(data))
    assert [(s.numerator, s.denominator) for s in again.time_signature_changes] == [sign[1:] for sign in signs]
    starts = again.get_downbeats()
    assert len({round(b - a, 2) for a, b in pairwise(starts)}) > len(starts) / 2


def test_a_free_opening_says_where_meter_begins() -> None:
    cue = next(
        cue
        for seed in range(9)
        if (cue := compose(style="taiko-koto", type="battle", seed=seed, seconds=75, meter="4/4"))
        and cue.score.plan.sections[0].meter.free
    )
    jo = cue.score.plan.sections[0]
    words = {marker.text: marker.tick for marker in cue.performance.markers if marker.kind == "meter"}
    assert words == {SENZA_MISURA: 0, MISURATO: jo.end}
    assert all(marker.tick < jo.end for marker in cue.performance.markers if marker.kind == "breath")


def test_the_piano_roll_has_breath_marks_and_no_bar_lines() -> None:
    def lines(svg: str) -> tuple[int, int]:
        """Return the vertical lines over all lanes: dashed ones, plain ones."""
        paths = [e for e in ElementTree.fromstring(svg).iter() if e.tag.endswith("path") and "V" in e.get("d", "")]
        grid = [e for e in paths if e.get("stroke") == "#3d4454"]
        return tuple(  # type: ignore[return-value]
            sum(e.get("d", "").count("V") for e in grid if (e.get("stroke-dasharray") is not None) == dashed)
            for dashed in (True, False)
        )

    free, four = made(), made("4/4")
    breaths = sum(section.bars for section in free.score.plan.sections) - 1
    assert lines(pianoroll_svg(free.performance))[0] == breaths
    assert lines(pianoroll_svg(free.performance))[1] <= 1  # the end
    assert lines(pianoroll_svg(four.performance))[0] == 0 and lines(pianoroll_svg(four.performance))[1] > 5
    assert free_starts((MeterChange(0, Meter(4, 4)), MeterChange(3840, Meter(3, 4, free=True))), (0, 3840, 6720)) == {
        3840, 6720,
    }  # fmt: skip


def test_what_is_explained() -> None:
    explained = made().explain()
    assert explained["meter"] == "free"
    sections = explained["sections"]
    assert isinstance(sections, list)
    for section in sections:
        assert len(section["breaths"]) == section["bars"] and section["chords"].count("|") == section["bars"] + 1
    assert all(not section["breaths"] for section in made("4/4").explain()["sections"])  # type: ignore[attr-defined]


def test_a_file_is_read_back_as_free(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "free.mid"
    path.write_bytes(made().midi())
    view = read_view(path, load_banks())
    assert all(change.meter.free for change in view.meters)
    # a last breath that is silent is not read
    breaths = [t for s in made().score.plan.sections for t in s.bar_ticks()]
    assert view.bars.tolist() == [*(t for t in breaths if t < view.length), view.length]
    assert len(view.bars) >= len(breaths)
    assert critique_midi(path).passed
