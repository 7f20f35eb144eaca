"""Every style × cue type × seed: range, length, ending, theme and climax are as promised."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from tests.conftest import Composed, Seeds

from cuesmith.cue.compose import compose
from cuesmith.cue.cue import Cue
from cuesmith.music.note import Note
from cuesmith.score import Part, chord_at
from cuesmith.specs.banks.library import Banks, load_banks

STYLES = ("jazz-rock", "symphonic", "synth", "taiko-koto")  # the others are their kin, see test_styles.py
TYPES = tuple(load_banks().cue_types)
EVERY = tuple(itertools.product(STYLES, TYPES))
CLOSING = {"button", "ring", "allargando"}
STEMS = {"melody", "harmony", "bass", "rhythm", "percussion", "colour", "vocal"}
TUNE = ("lead", "guide")
ROLES = {"lead", "counter", "pad", "ostinato", "bass", "pulse", "impact", "colour", "guide"}
GS_DRUMS = range(27, 89)  # the drum map of Roland GS, which holds General MIDI's 35..81
CHORD_TONES = 0.85  # share of the lead's strong notes; measured 0.89 to 0.94 by style
SOUNDING = 5.0  # seconds: the longest rest inside a cue, one very slow bar

every_cue = pytest.mark.parametrize(("style", "type_"), EVERY)


def final_bar(cue: Cue) -> int:
    """Return the tick at which the last bar begins."""
    plan = cue.score.plan
    return plan.sections[-1].bar_ticks()[-1]


def leads(cue: Cue) -> Iterator[Part]:
    """Return the parts that have the lead somewhere, without doublings."""
    for part in cue.score.parts:
        if part.role in TUNE and not part.passages[0].device.startswith("doubles"):
            yield part


def stated(cue: Cue) -> Iterator[Note]:
    """Return the lead's notes in passages that state a theme."""
    for part in leads(cue):
        for passage in part.passages:
            if passage.statement is not None:
                yield from passage.notes


def silences(cue: Cue) -> Iterator[tuple[float, float]]:
    """Return (from, to) in seconds wherever no part sounds, up to the last bar line."""
    at = cue.score.plan.tempo.seconds
    spans = sorted((at(n.onset), at(n.end)) for part in cue.score.parts for n in part.notes())
    heard = 0.0
    for start, end in [*spans, (cue.seconds, cue.seconds)]:
        if start > heard:
            yield heard, start
        heard = max(heard, end)


@every_cue
def test_notes_are_in_the_range_of_their_instrument(
    style: str, type_: str, composed: Composed, seeds: Seeds, banks: Banks
) -> None:
    layers = [layer for voice in banks.drums.values() for layer in voice.layers]
    kit_notes = {layer.note for layer in layers if layer.program is None}
    for seed in seeds:
        for part in composed(style, type_, seed).score.parts:
            pitches = {note.pitch for note in part.notes()}
            if part.drums:
                assert pitches <= kit_notes, part.id
                assert pitches <= set(GS_DRUMS), part.id
            elif part.instrument in banks.kits:  # a drum voice layered with a melodic program; strokes alternate by 1
                own = {x.note for x in layers if (x.program, x.bank) == (part.program, part.bank)}
                assert pitches <= own | {note + 1 for note in own}, part.id
            else:
                low, high = banks.instruments[part.instrument].range
                assert low <= min(pitches) <= max(pitches) <= high, part.id


@every_cue
def test_notes_are_sane(style: str, type_: str, composed: Composed, seeds: Seeds) -> None:
    for seed in seeds:
        cue = composed(style, type_, seed)
        bar = cue.score.plan.sections[-1].meter.bar_ticks
        for part in cue.score.parts:
            notes = list(part.notes())
            assert len({(n.onset, n.pitch) for n in notes}) == len(notes), f"{part.id}: one pitch struck twice at once"
            for note in notes:
                assert 0 <= note.onset < cue.score.plan.length, part.id
                assert note.duration > 0, part.id
                assert note.end <= cue.score.plan.length + bar, f"{part.id} rings on"
                assert 1 <= note.velocity <= 127, part.id
            for passage in part.passages:
                assert 0 <= passage.section < len(cue.score.plan.sections)
                assert passage.notes


@every_cue
def test_parts_are_sane(style: str, type_: str, composed: Composed, seeds: Seeds) -> None:
    for seed in seeds:
        cue = composed(style, type_, seed)
        parts = cue.score.parts
        assert 1 <= len(parts) <= 24
        assert len({part.id for part in parts}) == len(parts)
        assert {part.stem for part in parts} <= STEMS
        assert {part.role for part in parts} <= ROLES
        assert all(0 <= part.layer <= 4 and -1 <= part.pan <= 1 and 0 <= part.reverb <= 1 for part in parts)
        assert any(part.role in TUNE for part in parts)
        assert [track.part_id for track in cue.performance.tracks] == [part.id for part in parts]


@every_cue
def test_the_last_bar_line_is_at_the_requested_time(
    style: str, type_: str, composed: Composed, seeds: Seeds, banks: Banks
) -> None:
    for seed in seeds:
        cue = composed(style, type_, seed)
        plan = cue.score.plan
        assert cue.seconds == banks.cue_types[type_].default_seconds
        assert plan.tempo.seconds(plan.length) == pytest.approx(cue.seconds, abs=0.001)
        assert plan.length == sum(section.bars * section.meter.bar_ticks for section in plan.sections)


@pytest.mark.grid(2)
@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize("end", [0, 1], ids=["shortest", "longest"])
def test_both_limits_compose(type_: str, end: int, banks: Banks) -> None:
    style = STYLES[(TYPES.index(type_) + end) % len(STYLES)]
    seconds = banks.cue_types[type_].limits[end]
    cue = compose(style=style, type=type_, seconds=seconds, seed=11)
    plan = cue.score.plan
    assert plan.tempo.seconds(plan.length) == pytest.approx(seconds, abs=0.001)
    assert max(n.end for part in cue.score.parts for n in part.notes()) > final_bar(cue) - plan.length // 3


@every_cue
def test_harmony_covers_the_cue_without_gaps(style: str, type_: str, composed: Composed, seeds: Seeds) -> None:
    for seed in seeds:
        score = composed(style, type_, seed).score
        assert score.harmony[0].onset == 0
        assert score.harmony[-1].end == score.plan.length
        for before, after in itertools.pairwise(score.harmony):
            assert before.end == after.onset
            assert before.duration > 0


@every_cue
def test_the_cue_has_its_ending(style: str, type_: str, composed: Composed, seeds: Seeds) -> None:
    for seed in seeds:
        cue = composed(style, type_, seed)
        plan, start = cue.score.plan, final_bar(cue)
        last = cue.score.harmony[-1]
        inside = [(part, n) for part in cue.score.parts for n in part.notes() if n.end > start]
        pitched = [(part, n) for part, n in inside if part.role not in ("pulse", "colour") and n.onset >= start]
        if plan.ending != "ma_stop":
            assert inside, "nothing sounds in the last bar"
        if plan.ending in CLOSING:
            assert last.chord.root == plan.sections[-1].key.tonic
            assert last.cadence == "final"
            assert pitched
            assert all(n.pitch % 12 in last.chord.classes for _, n in pitched if plan.bars > 1)
            bass = [n.pitch % 12 for part, n in pitched if part.role == "bass"]
            assert set(bass) <= {last.chord.bass}
        elif plan.ending == "unresolved":
            assert (last.chord.root, last.chord.quality) not in {(last.key.tonic, "maj"), (last.key.tonic, "min")}
            assert last.cadence == "open"
        elif plan.ending == "ma_stop":
            assert {part.role for part, n in inside} <= {"pulse", "lead"}, "ma is silence but for one stroke"
        if plan.ending == "button":
            assert all(n.end <= start + 960 for _, n in pitched), "a button is short"


@every_cue
def test_theme_is_stated(style: str, type_: str, composed: Composed, seeds: Seeds) -> None:
    for seed in seeds:
        cue = composed(style, type_, seed)
        found = cue.score.statements()
        assert any(statement.identity >= 0.70 for statement in found)
        for statement in found:
            assert statement.theme in cue.themes
            assert 0 <= statement.identity <= 1
            assert 0 <= statement.start < statement.end
        told = {passage.section for part in leads(cue) for passage in part.passages}
        for section in cue.score.plan.sections:
            if section.theme is not None and section.treatment in ("statement", "restatement", "contrast", "chorus"):
                assert section.index in told, f"{section.name} has a theme but no lead"


@pytest.mark.parametrize("style", STYLES)
def test_strong_notes_of_the_lead_are_chord_tones(style: str, composed: Composed, seeds: Seeds) -> None:
    strong = fitting = 0
    for type_, seed in itertools.product(TYPES, seeds):
        cue = composed(style, type_, seed)
        for note in stated(cue):
            section = cue.score.plan.section_at(note.onset)
            if section.meter.strength((note.onset - section.start) % section.meter.bar_ticks) >= 3:
                strong += 1
                fitting += note.pitch % 12 in chord_at(cue.score.harmony, note.onset).chord.classes
    assert strong > 500
    assert fitting / strong >= CHORD_TONES


@every_cue
def test_the_fullest_section_is_the_loudest(style: str, type_: str, composed: Composed, seeds: Seeds) -> None:
    for seed in seeds:
        cue = composed(style, type_, seed)
        loudness: dict[int, float] = {}
        for section in cue.score.plan.sections:
            struck = [
                n.velocity
                for part in cue.score.parts
                if part.role in ("lead", "pad", "bass", "ostinato")
                for passage in part.passages
                if passage.section == section.index and passage.device != "ending"
                for n in passage.notes
            ]
            if struck:
                loudness[section.index] = sum(struck) / len(struck)
        energies = {section.index: section.energy for section in cue.score.plan.sections}
        peak = max(energies[index] for index in loudness)
        loudest = max(loudness.values())
        assert max(v for index, v in loudness.items() if energies[index] == peak) >= loudest - 6


@pytest.mark.parametrize(("style", "type_"), EVERY)
def test_no_silence_but_the_last(style: str, type_: str, composed: Composed, seeds: Seeds) -> None:
    for seed in seeds:
        cue = composed(style, type_, seed)
        for start, end in silences(cue):
            closing = cue.score.plan.ending == "ma_stop" and end >= cue.score.plan.tempo.seconds(final_bar(cue))
            assert end - start <= SOUNDING or closing, f"silent from {start:.1f} to {end:.1f} s"
