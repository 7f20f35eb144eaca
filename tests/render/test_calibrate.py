"""Measure a soundfont: the result agrees with the shipped table, is stored by content, and silent keys are replaced."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from cuesmith.cli.app import app
from cuesmith.errors import ComponentError
from cuesmith.perform.model import Performance, Track
from cuesmith.specs.banks.library import load_banks
from cuesmith_render import calibrate
from cuesmith_render.calibrating import known_kits, known_programs
from cuesmith_render.fluid.calibration import Calibration, calibration_for, calibration_of, usual_drum_levels
from cuesmith_render.fluid.discover import Soundfont
from cuesmith_render.fluid.holes import fill_silent_keys
from cuesmith_render.fluid.measure import Measured, measure_drums, measure_program
from cuesmith_render.fluid.synth import Bank
from cuesmith_render.stems import render_stems

SOME = (0, 40, 48, 56, 60, 68, 73, 77)


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    folder = tmp_path / "cache"
    monkeypatch.setattr("cuesmith_render.fluid.calibration.cache_folder", lambda: folder)
    return folder


def test_what_is_measured_agrees_with_the_shipped_table(bank: Bank) -> None:
    """Differences between programs are compared, because the median of a few is not that of the font."""
    known, programs = calibration_for("TimGM6mb"), known_programs()
    found = {n: measure_program(bank, n, *programs[n][1:]) for n in (0, 9, 48, 57, 60, 68)}
    levels = {n: one.lufs for n, one in found.items() if one is not None}
    assert levels.keys() == found.keys()
    sums = [levels[n] + known.gain_db(n) for n in levels]
    assert np.ptp(sums) < 4
    assert np.std(sums) < 0.4 * np.std(list(levels.values()))


def test_onsets_and_silent_keys_are_found(bank: Bank) -> None:
    def heard(program: int) -> Measured:
        one = measure_program(bank, program, *known_programs()[program][1:])
        assert one is not None
        return one

    assert heard(0).onset_ms <= 10 < 60 < heard(49).onset_ms
    assert heard(49).tail_ms > 300
    assert heard(65).silent_keys == (64,)
    assert heard(56).silent_keys == ()
    assert abs(heard(60).cents or 99) < 12
    assert 12 < heard(48).dynamics_db < 17


def test_drums_agree_with_the_shipped_table(bank: Bank) -> None:
    known = calibration_for("TimGM6mb")
    keys = (36, 38, 42, 49)
    levels = measure_drums(bank, 0, keys)
    usual = usual_drum_levels()
    sums = [levels[key] + known.drum_gain_db(0, key) - usual[key] for key in keys]
    assert np.ptp(sums) < 0.6


def test_what_was_measured_is_kept_by_content_and_used(
    own_cache: Path, tmp_path: Path, embedded_font: Soundfont, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {n: row for n, row in known_programs().items() if n in SOME}
    monkeypatch.setattr("cuesmith_render.calibrating.known_programs", lambda: few)
    monkeypatch.setattr("cuesmith_render.calibrating.known_kits", lambda: (0, 25))
    font = tmp_path / "Nobody's font.sf2"
    shutil.copy(embedded_font.path, font)
    unknown = Soundfont(font, "argument", font.stem)
    assert calibration_of(unknown).origin == "none"
    steps: list[tuple[str, int, int]] = []
    first = calibrate(font, on_progress=lambda *step: steps.append(step))
    assert first.fresh
    assert first.path.parent == own_cache
    assert [done for _, done, _ in steps] == list(range(1, len(few) + 3))
    used = calibration_of(unknown)
    assert used.origin == "measured"
    assert used.programs.keys() == set(SOME)
    assert float(np.median(list(used.programs.values()))) == pytest.approx(0, abs=0.1)
    assert used.kits[25] == pytest.approx(calibration_for("TimGM6mb").kits[25], abs=1.5)
    moved = tmp_path / "another name.sf2"
    font.rename(moved)
    monkeypatch.setattr("cuesmith_render.calibrating.measure", None)  # nothing is measured again
    again = calibrate(moved)
    assert not again.fresh
    assert again.table == first.table
    moved.write_bytes(moved.read_bytes()[:-1] + b"?")
    assert calibration_of(Soundfont(moved, "argument", moved.stem)).origin == "none"


def test_a_damaged_cache_file_counts_as_none(own_cache: Path, embedded_font: Soundfont) -> None:
    from cuesmith_render.fluid.calibration import cache_file

    own_cache.mkdir()
    for text in ("{", "[]", json.dumps({"format": 0})):
        cache_file(embedded_font.path).write_text(text)
        assert calibration_of(embedded_font).origin == "shipped"


def test_a_font_without_instruments_is_refused(
    own_cache: Path, embedded_font: Soundfont, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Bank, "has_preset", lambda self, number, program: False)
    with pytest.raises(ComponentError, match=r"not a General MIDI soundfont.*Remedy"):
        calibrate(embedded_font.path)
    assert not own_cache.exists()


def test_every_instrument_and_kit_is_measured() -> None:
    banks = load_banks()
    assert known_programs().keys() == {row.program for row in banks.instruments.values()}
    assert set(known_kits()) == {kit.program for kit in banks.kits.values()}


def _level_db(samples: Any) -> float:
    return float(10 * np.log10(np.square(samples).mean() + 1e-14))


def test_a_note_on_a_silent_key_is_heard_at_its_pitch(
    bank: Bank, make_track: Callable[..., Track], make_performance: Callable[..., Performance]
) -> None:
    """The embedded alto saxophone has no sample on E4."""

    def heard(pitch: int) -> Any:
        track = make_track([(0.0, 1.0, pitch, 100)], program=65, reverb=0.0)
        return render_stems(make_performance(track, length_sec=1.0), bank, 44100).samples[0].sum(axis=0)

    hole, above = heard(64), heard(65)
    assert abs(_level_db(hole) - _level_db(above)) < 2.5
    spectrum = np.abs(np.fft.rfft(hole[4410:39690] * np.hanning(35280)))
    near = slice(int(300 * 0.8), int(360 * 0.8))  # bins of 1.25 Hz
    peak = (near.start + int(np.argmax(spectrum[near]))) / 0.8
    assert 1200 * abs(np.log2(peak / 329.63)) < 15


def test_silent_keys_change_only_their_notes(make_track: Callable[..., Track]) -> None:
    notes = [(0.0, 0.5, 60, 90), (0.5, 0.5, 64, 80), (1.0, 0.5, 65, 70), (1.5, 0.5, 80, 70)]
    holey = replace(calibration_for("none"), silent_keys={65: (64, 80, 81, 82)})
    assert isinstance(holey, Calibration)
    track = make_track(notes, program=65)
    out = fill_silent_keys([track, make_track(notes, program=66)], holey)
    assert [t.pitch.tolist() for t in out] == [[60, 65], [63, 79], [60, 64, 65, 80]]
    assert [t.onset_sec.tolist() for t in out][:2] == [[0.0, 1.0], [0.5, 1.5]]
    assert out[1].curves[-1].number == 51
    assert out[1].curves[-1].values.tolist() == [1]
    drums = make_track(notes, program=65, drums=True)
    assert fill_silent_keys([drums], holey) == (drums,)


def test_the_command(
    own_cache: Path, tmp_path: Path, embedded_font: Soundfont, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A short table, JSON, and one clear message for a bad font."""
    few = {n: row for n, row in known_programs().items() if n in (*SOME, 65)}
    monkeypatch.setattr("cuesmith_render.calibrating.known_programs", lambda: few)
    monkeypatch.setattr("cuesmith_render.calibrating.known_kits", lambda: (0,))
    runner = CliRunner()
    done = runner.invoke(app, ["calibrate", str(embedded_font.path)])
    assert done.exit_code == 0
    assert "Alto Sax" in done.stdout and "1 silent keys" in done.stdout
    assert "measured and kept" in done.stdout
    told = json.loads(runner.invoke(app, ["calibrate", str(embedded_font.path), "--json"]).stdout)
    assert told["fresh"] is False
    assert {row[0] for row in told["programs"]} == set(few)
    bad = tmp_path / "page.sf2"
    for text in (b"<html>", embedded_font.path.read_bytes()[:50_000]):
        bad.write_bytes(text)
        failed = runner.invoke(app, ["calibrate", str(bad)])
        assert failed.exit_code == 4
        assert failed.stderr.startswith("cuesmith: ") and "Remedy" in failed.stderr
        assert failed.stdout == ""


def test_an_unmeasured_font_gives_one_hint(own_cache: Path, tmp_path: Path, embedded_font: Soundfont) -> None:
    font = tmp_path / "My font.sf2"
    shutil.copy(embedded_font.path, font)
    made = ["cue", "--type", "stinger", "-o", str(tmp_path / "x.wav"), "--soundfont", str(font)]
    runner = CliRunner()
    told = runner.invoke(app, made)
    assert told.exit_code == 0
    assert told.stderr.count("cuesmith calibrate '") == 1
    assert runner.invoke(app, [*made, "-q"]).stderr == ""


def test_options_say_how_it_is_played(tmp_path: Path) -> None:
    runner = CliRunner()
    small = tmp_path / "small.mid"
    done = runner.invoke(app, ["cue", "--type", "eyecatch", "--ensemble", "solo", "--humanize", "0", "-o", str(small)])
    assert done.exit_code == 0, done.stderr
    for option, value in (("--ensemble", "sol"), ("--humanize", "2")):
        failed = runner.invoke(app, ["cue", option, value, "-o", str(small)])
        assert failed.exit_code == 2
        assert option in failed.stderr
