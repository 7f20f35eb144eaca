"""Voices together: no long clashes, the bass follows the chords, the counter-line moves when the melody rests."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import Composed

from cuesmith.composition.accompaniment.bass import approach
from cuesmith.composition.accompaniment.from_theme import DEVICE
from cuesmith.composition.accompaniment.inner_voices import lyrical
from cuesmith.composition.accompaniment.vamps import DEVICE as VAMP_ANSWER
from cuesmith.cue.cue import Cue
from cuesmith.music.chord import QUALITIES, Chord
from cuesmith.music.note import PPQ, Note
from cuesmith.music.scale import Key
from cuesmith.orchestrate.clashes import PASSING, RUBS, Sounding
from cuesmith.score import ChordSpan, Part, chord_at

STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
KINDS = ("main_theme", "tender", "battle", "preview", "victory", "transform", "tension")
CLASHING_BEATS = 0.01  # share of the beats at most, counted crudely; rule X01 of the critic asks for half of it
LONG = PPQ  # ticks: what rubs no longer may be an approach or a passing note
NOTES = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12), st.integers(55, 70)), max_size=30)


def pitched(cue: Cue) -> Iterator[Part]:
    """Return the parts with pitches: no drums, no drum voices on melodic programs."""
    return (part for part in cue.score.parts if not part.drums and part.role != "pulse")


def clashing_beats(cue: Cue) -> set[int]:
    """Return beats with a long semitone or minor ninth between two parts that the chord does not contain."""
    notes = sorted((n.onset, n.end, n.pitch, i) for i, part in enumerate(pitched(cue)) for n in part.notes())
    sounding: list[tuple[int, int, int, int]] = []
    out: set[int] = set()
    for note in notes:
        onset, end, pitch, part = note
        sounding = [other for other in sounding if other[1] > onset]
        for _, stop, other, from_part in sounding:
            if part != from_part and abs(pitch - other) in RUBS and min(stop, end) - onset > LONG:
                chord = chord_at(cue.score.harmony, onset).chord
                spelled = (*chord.classes, chord.bass)
                if pitch % 12 not in spelled or other % 12 not in spelled:
                    out.update(range(onset // PPQ, (min(stop, end) - 1) // PPQ + 1))
        sounding.append(note)
    return out


@pytest.mark.parametrize(("style", "type_"), tuple(product(STYLES, KINDS)))
def test_parts_do_not_clash(style: str, type_: str, composed: Composed) -> None:
    cue = composed(style, type_, 1)
    assert len(clashing_beats(cue)) <= CLASHING_BEATS * cue.score.plan.length / PPQ


@settings(max_examples=60)
@given(NOTES, st.integers(0, 40), st.integers(1, 12), st.integers(55, 70))
def test_the_fast_search_for_sounding_notes_agrees_with_a_plain_one(
    placed: list[tuple[int, int, int]], onset: int, length: int, pitch: int
) -> None:
    quarter = PPQ // 4
    heard = Sounding()
    for start, duration, other in placed:
        heard.add(start * quarter, (start + duration) * quarter, other)
    wanted = [
        (max(start, onset) * quarter, min(start + duration, onset + length) * quarter, other)
        for start, duration, other in placed
        if other in (pitch - 1, pitch + 1)
        and (min(start + duration, onset + length) - max(start, onset)) * quarter > PASSING
    ]
    found = heard.near(onset * quarter, (onset + length) * quarter, (pitch - 1, pitch + 1))
    assert sorted(found) == sorted(wanted)


@given(st.integers(0, 11), st.sampled_from(sorted(QUALITIES)), st.integers(30, 50), st.integers(30, 50), st.booleans())
def test_an_approach_steps_into_its_root(root: int, quality: str, before: int, target: int, chromatic: bool) -> None:
    span = ChordSpan(0, 4 * PPQ, Chord(root, quality, root), Key(0, "ionian"))
    pitch = approach(span, before, target, 28, chromatic)
    assert pitch >= 28
    assert target - pitch in (-2, -1, 1, 2, 5)
    assert pitch != before or target - before in (-2, -1, 1, 2, 5)


@pytest.mark.parametrize(("style", "type_"), tuple(product(STYLES, ("main_theme", "tender", "battle", "suspense"))))
def test_the_bass_does_not_hold_a_root_into_the_next_chord(style: str, type_: str, composed: Composed) -> None:
    score = composed(style, type_, 1).score
    held = wrong = 0
    for part in (p for p in score.parts if p.role == "bass"):
        for note in part.notes():
            for span in score.harmony:
                if note.onset < span.onset < note.end - LONG:
                    held += 1
                    fits = note.pitch % 12 in span.chord.classes or note.pitch % 12 == span.chord.bass
                    wrong += not fits
    assert wrong <= 0.02 * max(held, 1)


@pytest.mark.parametrize("type_", ["battle", "main_theme", "chase"])
def test_a_funk_bass_is_locked_to_the_kick(type_: str, composed: Composed) -> None:
    score = composed("jazz-rock", type_, 1).score
    kicks = {n.onset for part in score.parts if part.drums for n in part.notes() if n.pitch in (35, 36)}
    sections = {s.index: s for s in score.plan.sections}
    notes = [
        note.onset in kicks
        for part in score.parts if part.role == "bass"
        for passage in part.passages if passage.device.startswith("bass_funk")
        and any(sections[passage.section].start <= k < sections[passage.section].end for k in kicks)
        for note in passage.notes
    ]  # fmt: skip
    if notes:
        assert sum(notes) / len(notes) >= 0.5


def counters(cue: Cue) -> Iterator[tuple[Note, Note | None]]:
    """Return the notes of the counter-line, each with the lead note that sounds when it begins."""
    lead = sorted(
        note
        for part in cue.score.parts if part.role == "lead"
        for passage in part.passages if not passage.device.startswith("doubles")
        for note in passage.notes
    )  # fmt: skip
    for part in (p for p in cue.score.parts if p.role == "counter"):
        own = (p for p in part.passages if p.device not in ("ending", DEVICE) and p.statement is None)
        for note in (n for p in own for n in p.notes):
            yield note, next((n for n in lead if n.onset <= note.onset < n.end), None)


@pytest.mark.parametrize("style", STYLES)
def test_the_counter_line_stays_under_the_tune_and_moves_in_its_rests(style: str, composed: Composed) -> None:
    found = [pair for type_ in KINDS for pair in counters(composed(style, type_, 1))]
    together = [note.onset == over.onset for note, over in found if over is not None]
    under = [note.pitch < over.pitch for note, over in found if over is not None]
    assert len(under) > 20
    assert sum(under) >= 0.95 * len(under)
    assert sum(together) <= 0.4 * len(found)


@pytest.mark.parametrize(("style", "type_"), tuple(product(STYLES, KINDS)))
def test_the_counter_line_waits_for_the_second_statement(style: str, type_: str, composed: Composed) -> None:
    score = composed(style, type_, 1).score
    sung = ("statement", "restatement", "chorus", "contrast")
    themed = [s.index for s in score.plan.sections if s.theme is not None and s.treatment in sung]
    for part in (p for p in score.parts if p.role == "counter"):
        for passage in part.passages:
            own = passage.device not in ("ending", DEVICE, VAMP_ANSWER, part.id) and passage.statement is None
            if own and len(score.plan.sections) > 2:
                assert passage.section in themed[1:]


def test_inner_voices_move_in_lyrical_cues_only(composed: Composed) -> None:
    moving: list[str] = []
    for style, type_, seed in product(("symphonic", "taiko-koto"), ("tender", "love", "sad", "battle"), (1, 2)):
        cue = composed(style, type_, seed)
        for part in (p for p in cue.score.parts if p.role == "pad"):
            figures = [p for p in part.passages if p.device.startswith("inner")]
            assert lyrical(cue.score.plan) or not figures
            moving += [p.device for p in figures]
            for passage in figures:
                assert all(a.onset < b.onset for a, b in pairwise(passage.notes))
    assert len(set(moving)) >= 2, "figures of more than one kind"
