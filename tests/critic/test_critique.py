"""Reports: the effect of severity, where a rule applies, what can be known from a score or a MIDI file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import Composed

from cuesmith.critic.critique import CHECKS, critique, critique_midi, critique_view
from cuesmith.critic.midi import read_view
from cuesmith.critic.model import Finding, score_of
from cuesmith.critic.roll import roll_of_notes
from cuesmith.critic.templates import chord_spans, key_of
from cuesmith.critic.view import notes_of, view_of
from cuesmith.errors import SpecError, UsageError
from cuesmith.music.note import PPQ, Note
from cuesmith.show.critique_show import CHECKS as SET_CHECKS
from cuesmith.specs.banks.library import Banks, load_banks
from cuesmith.specs.banks.rules import Rule, rule_problems
from cuesmith.specs.yaml.document import parse_document
from cuesmith.specs.yaml.validate import validate

from .passages import P, read, view

RULE = Rule(
    name="A rule", severity=2, limits={"least": 1, "most": 9}, exempt=("horror",), only=("taiko", "horror", "battle"),
    instead={"taiko": {"least": 2, "most": 8}, "battle": {"least": 3}}, reason="because",
)  # fmt: skip
notes = st.lists(
    st.builds(Note, st.integers(0, 7680), st.integers(1, 3840), st.integers(0, 127), st.integers(1, 127)), max_size=30
)


def test_every_rule_has_a_check_and_every_check_a_rule(banks: Banks) -> None:
    assert set(banks.rules) == set(CHECKS) | set(SET_CHECKS)
    assert not set(CHECKS) & set(SET_CHECKS)


def test_where_a_rule_applies() -> None:
    assert RULE.speaks(("battle", "button", "full", "synth"))
    assert not RULE.speaks(("chase", "ring", "full", "synth"))
    assert not RULE.speaks(("horror", "ma_stop", "fragments", "taiko"))


def test_a_cue_type_wins_over_a_family() -> None:
    assert RULE.limits_for(("chase", "ring", "full", "synth")) == {"least": 1, "most": 9}
    assert RULE.limits_for(("battle", "button", "full", "taiko")) == {"least": 3, "most": 8}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("X: {name: a, severity: 4, reason: b}", "severity"),
        ("X: {name: a, severity: 1, reason: b, instead: {battle: {lest: 1}}}", "no limits of the rule"),
    ],
)
def test_faults_in_a_rule_are_reported(text: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        validate(parse_document(text, "rules.yaml"), dict[str, Rule])


def test_unknown_contexts_are_reported(banks: Banks) -> None:
    rows = {"X": replace(RULE, exempt=("horor",), instead={"jazz": {}})}
    messages = [problem.message for problem in rule_problems(rows, banks.cue_types)]
    assert len(messages) == 2
    assert "did you mean 'horror'" in messages[0]


def finding(rule: str, severity: int, value: float, threshold: float) -> Finding:
    return Finding(rule, severity, value, threshold, 1, "", "")


def test_the_score_weighs_by_severity_and_nearness() -> None:
    rules = {"a": 1, "b": 2, "c": 3}
    assert score_of((), rules) == 100
    assert score_of((finding("b", 2, 1, 2),), rules) == pytest.approx(100 * (3 * 0.5 + 1) / 4)
    assert score_of((finding("b", 2, 4, 2), finding("b", 2, 8, 2)), rules) == pytest.approx(100 * (3 * 0.25 + 1) / 4)
    assert score_of((finding("c", 3, 0, 2),), rules) == 75
    assert score_of((finding("a", 1, 1, 2),), rules) == 0


def test_reports_are_ordered_and_repeatable(composed: Composed, banks: Banks) -> None:
    cue = composed("symphonic", "battle", 1)
    report = critique(cue.score, cue.themes, banks)
    assert report == critique(cue.score, cue.themes, banks)
    keys = [(f.severity, f.bar) for f in report.findings]
    assert keys == sorted(keys)
    assert report.passed == (report.score > 0 or not report.findings)
    assert not report.not_checked
    ids = {part.id for part in cue.score.parts}
    assert all(1 <= f.bar <= cue.score.plan.bars and f.part in ids | {""} for f in report.findings)


@pytest.mark.parametrize("type_", load_banks().cue_types)
def test_every_kind_of_cue_can_be_judged(type_: str, composed: Composed, banks: Banks) -> None:
    cue = composed("symphonic", type_, 1)
    report = critique(cue.score, cue.themes, banks)
    assert 0 <= report.score <= 100
    assert len(report.checked) >= 25


def test_lead_and_bass_of_a_view(composed: Composed, banks: Banks) -> None:
    cue = composed("symphonic", "main_theme", 1)
    seen = view_of(cue.score, banks)
    assert (np.diff(seen.lead.onset) > 0).all()
    assert (np.diff(seen.bass.onset) > 0).all()
    leading = {seen.parts[i].id for i in seen.lead.part.tolist()}
    assert leading <= {part.id for part in cue.score.parts if part.role == "lead"}
    assert not {"piccolo", "flute_8va", "horns_low"} & leading  # they double


@given(notes)
def test_a_roll_contains_what_sounds(found: list[Note]) -> None:
    roll = roll_of_notes(notes_of(found), 7680)
    assert roll.length.sum() == 8 * PPQ
    for start, sounding in zip(roll.start.tolist(), roll.sounding, strict=True):
        expected = {n.pitch for n in found if n.onset <= start < n.end}
        assert set(np.flatnonzero(sounding).tolist()) == expected


def test_chords_are_found_in_notes() -> None:
    found = read("C3+E4+G4+C5:4 A2+E4+G4+C5:2 D3+F4+A4+D5:2 G2+F4+G4+B4+D5:4 C3+E4+G4+C5:4")
    spans = chord_spans(notes_of(found), 16 * PPQ)
    assert [(s.onset // PPQ, s.symbol) for s in spans] == [(0, "C"), (4, "Am7"), (6, "Dm"), (8, "G7"), (12, "C")]
    assert spans[0].key.name == "C major"
    assert sum(s.duration for s in spans) == 16 * PPQ


def test_keys_are_found_in_notes() -> None:
    weight = np.zeros(12)
    weight[[9, 11, 0, 2, 4, 5, 8]] = (4, 1, 2, 1.5, 3, 1, 1)
    assert key_of(weight).name == "A minor"
    assert key_of(np.zeros(12)).name == "C major"


def test_a_written_file_gives_the_same_view(tmp_path: Path, composed: Composed, banks: Banks) -> None:
    cue = composed("jazz-rock", "main_theme", 1)
    seen, known = read_view(cue.save(tmp_path / "cue.mid"), banks), view_of(cue.score, banks)
    assert seen.bars.tolist() == known.bars.tolist()
    heard = set(zip(seen.lead.onset.tolist(), (seen.lead.pitch % 12).tolist(), strict=True))
    written = set(zip(known.lead.onset.tolist(), (known.lead.pitch % 12).tolist(), strict=True))
    assert len(heard & written) > 0.7 * len(written)
    beats = np.arange(0, known.length, PPQ)
    roots = seen.roots[seen.chord_index(beats)] == known.roots[known.chord_index(beats)]
    assert roots.mean() > 0.6


def midi_file(path: Path, tracks: dict[str, tuple[int, str]]) -> Path:
    """Return a file of tracks: name → program and notes."""
    file = mido.MidiFile(ticks_per_beat=480)
    for channel, (name, (program, text)) in enumerate(tracks.items()):
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
        track.append(mido.Message("program_change", channel=channel, program=program))
        found = read(text)
        events = [(n.onset // 2, "note_on", n) for n in found] + [(n.end // 2, "note_off", n) for n in found]
        at = 0
        for tick, kind, note in sorted(events, key=lambda e: (e[0], e[1] == "note_on")):
            track.append(mido.Message(kind, channel=channel, note=note.pitch, velocity=80, time=tick - at))
            at = tick
        file.tracks.append(track)
    file.save(path)
    return path


def test_rules_a_file_cannot_answer_are_not_passed(tmp_path: Path) -> None:
    path = midi_file(tmp_path / "a.mid", {"Melody": (73, "C5:1 D5:1 E5:2 " * 4), "Low": (43, "C2:4 " * 4)})
    report = critique_midi(path)
    assert report.guessed == ("lead guessed: Melody (by the track's name)", "chords guessed from the notes")
    assert {"Q01", "Q02", "Q06", "Q29"} <= set(report.not_checked)
    assert not set(report.checked) & set(report.not_checked)
    assert report.id == "a"


def test_a_named_lead_leads_and_the_lowest_is_the_bass(tmp_path: Path, banks: Banks) -> None:
    tracks = {
        "Flute": (73, "G5:1 A5:1 G5:2 " * 4), "Lead voice": (65, "C4:1 D4:1 E4:2 " * 4), "Contrabass": (43, "C2:4 " * 4)
    }  # fmt: skip
    seen = read_view(midi_file(tmp_path / "a.mid", tracks), banks)
    assert set(seen.lead.pitch.tolist()) == {60, 62, 64}
    assert set(seen.bass.pitch.tolist()) == {36}
    assert [part.role for part in seen.parts] == ["", "lead", "bass"]


def test_a_broken_line_in_a_file_is_found_with_bar_and_part(tmp_path: Path) -> None:
    path = midi_file(tmp_path / "a.mid", {"Flute": (73, "C5:4 C3:4 E5:4")})
    found = [f for f in critique_midi(path).findings if f.rule == "Q03"]
    assert [(f.bar, f.part, f.severity) for f in found] == [(2, "Flute", 1)]


def test_guessed_chords_are_no_reason_to_reject(banks: Banks) -> None:
    clash = view(P("pad", "E4:4", "strings"), P("counter", "F5:4", "violin"))
    assert not critique_view(clash, banks).passed
    assert critique_view(replace(clash, knows=frozenset()), banks).passed


@pytest.mark.parametrize(
    ("data", "message"), [(None, "no such MIDI file"), (b"nonsense", "not a MIDI file"), (b"", "not a MIDI file")]
)
def test_files_that_cannot_be_read(tmp_path: Path, data: bytes | None, message: str) -> None:
    path = tmp_path / "a.mid"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(UsageError, match=message):
        critique_midi(path)


def test_a_file_without_notes(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no notes"):
        critique_midi(midi_file(tmp_path / "a.mid", {"Nothing": (0, "")}))
