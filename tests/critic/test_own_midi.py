"""A MIDI file of Cuesmith tells its roles, sections and chords, so it is judged like the cue; others are guessed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import Composed

from cuesmith.cli.lint import report_data, report_text
from cuesmith.critic.critique import critique, critique_midi
from cuesmith.critic.midi import read_view
from cuesmith.critic.midi_facts import Told
from cuesmith.critic.model import Report
from cuesmith.critic.view import view_of
from cuesmith.music.chord import parse_roman
from cuesmith.music.scale import MODES, Key
from cuesmith.perform.facts import ChordFact, CueFact, Fact, MeterFact, PartFact, SectionFact, fact_in, text_of
from cuesmith.perform.play import Swing, apply_swing
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.show import parse_key

STYLES = ("symphonic", "taiko-koto", "synth", "jazz-rock")
TYPES = ("battle", "tender", "eyecatch", "suite")
GRID = list(itertools.product(STYLES, TYPES))
FACTS: st.SearchStrategy[Fact] = st.one_of(
    *(st.from_type(kind) for kind in (CueFact, SectionFact, ChordFact, MeterFact, PartFact))
).filter(lambda fact: "nan" not in repr(fact))  # nan is not equal to itself


def saved(composed: Composed, style: str, type_: str, tmp_path: Path) -> Path:
    return composed(style, type_, 7).save(tmp_path / "cue.mid")


def gravest(report: Report) -> set[tuple[str, int]]:
    return {(finding.rule, finding.bar) for finding in report.findings if finding.severity == 1}


@pytest.mark.parametrize(("style", "type_"), GRID)
def test_the_file_is_judged_like_the_cue(
    style: str, type_: str, composed: Composed, banks: Banks, tmp_path: Path
) -> None:
    cue = composed(style, type_, 7)
    by_cue = critique(cue.score, cue.themes, banks)
    by_file = critique_midi(cue.save(tmp_path / "cue.mid"), banks)
    assert gravest(by_file) == gravest(by_cue)
    assert abs(by_file.score - by_cue.score) < 3
    assert not by_file.guessed
    assert set(by_cue.checked) == {*by_file.checked, *(set(by_file.not_checked) & set(by_cue.checked))}


@pytest.mark.parametrize(("style", "type_"), GRID)
def test_the_file_tells_lead_sections_chords_and_scale(
    style: str, type_: str, composed: Composed, banks: Banks, tmp_path: Path
) -> None:
    cue = composed(style, type_, 7)
    written, told = view_of(cue.score, banks), read_view(cue.save(tmp_path / "cue.mid"), banks)
    assert told.contexts == written.contexts
    assert told.scale == written.scale
    assert told.meters == written.meters
    assert np.array_equal(told.bars, written.bars)
    assert told.chords == written.chords
    for a, b in zip(told.sections, written.sections, strict=True):
        assert (a.name, a.treatment, a.start, a.end, a.bars, a.first_bar, a.key, a.level, a.meter) == (
            b.name, b.treatment, b.start, b.end, b.bars, b.first_bar, b.key, b.level, b.meter)  # fmt: skip
    for mine, theirs in zip(told.parts, written.parts, strict=True):
        for name in ("id", "role", "instrument", "doubling", "unpitched"):
            assert getattr(mine, name) == getattr(theirs, name)
        assert mine.unpitched or abs(mine.level_db - theirs.level_db) < 0.3
    assert len(told.lead) == len(written.lead)
    assert np.mean(np.abs(told.lead.onset - written.lead.onset) <= 40) > 0.95


def edited(source: Path, target: Path, change: Callable[[mido.MidiTrack], list[mido.Message]]) -> Path:
    file = mido.MidiFile(source)
    file.tracks[:] = [mido.MidiTrack(change(track)) for track in file.tracks]
    file.save(target)
    return target


def without_texts(track: Iterable[mido.Message]) -> list[mido.Message]:
    out, waited = [], 0
    for message in track:
        if message.type in ("text", "marker"):
            waited += message.time
        else:
            out.append(message.copy(time=message.time + waited))
            waited = 0
    return out


def test_without_the_texts_the_lead_is_guessed_and_the_output_says_so(composed: Composed, tmp_path: Path) -> None:
    path = edited(saved(composed, "taiko-koto", "battle", tmp_path), tmp_path / "bare.mid", without_texts)
    report = critique_midi(path)
    assert report.guessed[0].startswith("lead guessed: ")
    assert report.guessed[0] in report_text(report, everything=False)
    assert report_data(report, everything=False)["guessed"] == list(report.guessed)
    assert {"Q35", "Q41"} <= set(report.not_checked)


def test_a_track_added_in_a_daw_is_named_as_guessed(composed: Composed, banks: Banks, tmp_path: Path) -> None:
    source = saved(composed, "synth", "tender", tmp_path)
    file = mido.MidiFile(source)
    file.tracks.append(
        mido.MidiTrack([
            mido.MetaMessage("track_name", name="Kazoo"),
            mido.Message("note_on", note=72, time=0), mido.Message("note_off", note=72, time=960),
        ])
    )  # fmt: skip
    file.save(source)
    view = read_view(source, banks)
    assert view.guessed == ("parts added to the file of Cuesmith, roles guessed: Kazoo",)
    assert "parts" in view.knows


def test_a_wrong_note_written_in_a_daw_is_found(composed: Composed, banks: Banks, tmp_path: Path) -> None:
    source = saved(composed, "symphonic", "tender", tmp_path)
    part = next(p for p in read_view(source, banks).parts if p.role == "lead" and p.instrument)
    assert part.instrument is not None
    too_low = part.instrument.range[0] - 5

    def lower(track: mido.MidiTrack) -> list[mido.Message]:
        if not any(m.type == "text" and f'"id":"{part.id}"' in m.text for m in track):
            return list(track)
        return [m.copy(note=too_low) if m.type in ("note_on", "note_off") else m for m in track]

    found = critique_midi(edited(source, tmp_path / "low.mid", lower)).findings
    assert any(f.rule == "Q03" and f.part == part.id for f in found)


@given(FACTS)
def test_a_fact_survives_as_text(fact: Fact) -> None:
    assert fact_in(text_of(fact)) == fact
    assert text_of(fact).isascii()


@pytest.mark.parametrize(
    "text",
    ["", "Cuesmith", "Cuesmith part {}", "Cuesmith part {", 'Cuesmith meter {"groups":"x"}', "Cuesmith song {}",
     'Cuesmith meter {"groups":[2],"more":1}'],
)  # fmt: skip
def test_other_text_is_no_fact(text: str) -> None:
    assert fact_in(text) is None


@pytest.mark.parametrize("change", [lambda f: replace(f, key="H major"), lambda f: replace(f, treatment="dance")])
def test_a_file_of_another_version_is_guessed(
    change: Callable[[SectionFact], SectionFact], composed: Composed, banks: Banks, tmp_path: Path
) -> None:
    def alter(track: mido.MidiTrack) -> list[mido.Message]:
        facts = [(m, fact_in(m.text) if m.type == "text" else None) for m in track]
        return [m.copy(text=text_of(change(f))) if isinstance(f, SectionFact) else m for m, f in facts]

    path = edited(saved(composed, "synth", "eyecatch", tmp_path), tmp_path / "other.mid", alter)
    assert read_view(path, banks).knows == frozenset()


def test_every_key_and_numeral_of_a_fact_can_be_read(composed: Composed) -> None:
    for tonic, mode in itertools.product(range(12), MODES):
        assert parse_key(Key(tonic, mode).name) == Key(tonic, mode)
    for span in composed("jazz-rock", "battle", 7).score.harmony:
        assert parse_roman(span.roman).text == span.roman


@given(st.lists(st.integers(0, 40), min_size=1, max_size=20), st.sampled_from((0.5, 0.58, 0.62, 2 / 3)))
def test_swing_is_taken_out(eighths: list[int], ratio: float) -> None:
    written = np.array(sorted(eighths), dtype=np.int64) * 480
    told = Told(swings=((0, ratio, 960),))
    assert np.abs(told.without_swing(apply_swing(written, Swing(ratio, 960))) - written).max() <= 1
