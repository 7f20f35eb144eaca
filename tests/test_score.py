"""Laws of muting: nothing sounds inside the spans, nothing changes outside them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cuesmith.music.note import PPQ, Note
from cuesmith.score import STATED, Passage, Span, Statement, mute, mute_after

SAID = Statement("hero", (), 1.0, 0, 16 * PPQ, "theme")
notes = st.builds(
    Note, st.integers(0, 16 * PPQ), st.integers(1, 8 * PPQ), st.integers(40, 80), st.integers(1, 127)
)  # fmt: skip
passages = st.lists(
    st.builds(
        lambda found, said: Passage(tuple(sorted(found)), 0, "test", statement=SAID if said else None),
        st.lists(notes, min_size=1, max_size=12),
        st.booleans(),
    ),
    max_size=4,
).map(tuple)
edges = st.lists(st.integers(0, 24 * PPQ), unique=True, max_size=6).map(sorted)
spans = edges.map(lambda ticks: tuple(zip(ticks[::2], ticks[1::2], strict=False)))


def _notes(found: tuple[Passage, ...]) -> list[Note]:
    return sorted(note for passage in found for note in passage.notes)


def _sounds_in(note: Note, span: Span) -> bool:
    return note.onset < span[1] and note.end > span[0]


@given(passages, spans, st.booleans())
def test_nothing_sounds_inside(found: tuple[Passage, ...], silent: tuple[Span, ...], resume: bool) -> None:
    left = _notes(mute(found, silent, resume=resume))
    assert not any(_sounds_in(note, span) for note in left for span in silent)
    assert all(note.duration > 0 for note in left)


@given(passages, spans, st.booleans())
def test_what_does_not_reach_into_a_span_stays(
    found: tuple[Passage, ...], silent: tuple[Span, ...], resume: bool
) -> None:
    untouched = [note for note in _notes(found) if not any(_sounds_in(note, span) for span in silent)]
    left = _notes(mute(found, silent, resume=resume))
    assert all(left.count(note) >= untouched.count(note) for note in untouched)


@given(passages, spans)
def test_muting_twice_changes_nothing_more(found: tuple[Passage, ...], silent: tuple[Span, ...]) -> None:
    once = mute(found, silent)
    assert mute(once, silent) == once
    assert mute(found, ()) == found
    assert all(passage.notes for passage in once)


@given(passages, st.integers(0, 20 * PPQ), st.integers(1, 4 * PPQ))
def test_a_held_note_comes_back_where_it_lasts_a_beat_longer(
    found: tuple[Passage, ...], start: int, length: int
) -> None:
    end = start + length
    back = [note for note in _notes(mute(found, ((start, end),), resume=True)) if note.onset == end]
    held = [note for note in _notes(found) if note.onset < end <= note.end - PPQ]
    assert {(note.pitch, note.end) for note in held} <= {(note.pitch, note.end) for note in back}


@given(passages, spans)
def test_a_passage_states_its_theme_while_most_of_it_is_left(
    found: tuple[Passage, ...], silent: tuple[Span, ...]
) -> None:
    for whole in found:
        (left,) = mute((whole,), silent) or (None,)
        if left is not None and whole.statement is not None:
            assert (left.statement is not None) == (len(left.notes) >= STATED * len(whole.notes))


@given(passages, st.integers(0, 24 * PPQ))
def test_mute_after_ends_everything(found: tuple[Passage, ...], tick: int) -> None:
    assert all(note.end <= tick for note in _notes(mute_after(found, tick)))
