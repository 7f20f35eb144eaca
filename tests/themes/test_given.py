"""Themes given by a person: analysed, completed to eight bars, and rejected with a reason when they can't be read."""

from __future__ import annotations

from pathlib import Path

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith.chance import stream
from cuesmith.errors import SpecError, UsageError
from cuesmith.export.theme_files import save_pages
from cuesmith.export.theme_page import page_of
from cuesmith.motif.identity import identity, likeness
from cuesmith.motif.midifile import read_melody
from cuesmith.motif.model import Theme
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ, Note
from cuesmith.music.scale import Key
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.show import MidiSource, ThemeSpec
from cuesmith.themes.given_theme import given_midi, given_notes, theme_from_given
from cuesmith.themes.judge import figures
from cuesmith.themes.key_finding import find_key, find_meter

SCALES = load_banks().scales
TWO_BARS = "D4:1.5 F#4:.5 A4:2 | B4:1 A4:1 E4:2"


def theme(**fields: object) -> Theme:
    """Return the theme of a spec with these fields."""
    return theme_from_given("x", ThemeSpec(**fields), SCALES, stream(1, "x"))  # type: ignore[arg-type]


def pitches(made: Theme) -> list[int]:
    return [n.pitch for n in made.melody.realise(made.key, made.octave)]


# -- analysis ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize(("degrees", "mode"), [
    ((0, 2, 4, 5, 7, 9, 11, 12, 7, 4, 0), "ionian"),
    ((0, 2, 3, 5, 7, 8, 10, 12, 7, 3, 0), "aeolian"),
    ((0, 2, 3, 5, 7, 9, 10, 12, 7, 3, 0), "dorian"),
    ((0, 1, 3, 5, 7, 8, 10, 12, 7, 3, 0), "phrygian"),
    ((0, 2, 4, 5, 7, 9, 10, 12, 7, 4, 0), "mixolydian"),
    ((0, 2, 4, 6, 7, 9, 11, 12, 7, 4, 0), "lydian"),
])  # fmt: skip
def test_the_key_of_a_scale_that_comes_home_is_found(tonic: int, degrees: tuple[int, ...], mode: str) -> None:
    notes = [Note(i * PPQ, PPQ * (2 if d % 12 in (0, 7) else 1), 60 + tonic + d, 80) for i, d in enumerate(degrees)]
    found = find_key(notes)
    assert found.key == Key(tonic, mode)
    assert 0.5 < found.correlation <= 1.0
    assert find_key(notes, mode).key == Key(tonic, mode)


@pytest.mark.parametrize(("notes", "key"), [
    ("E4:1 G4:1 A4:1 B4:3", "E minor"),
    ("E4:.5 G4:1 A4:.5 B4:2 | A4:2 r:2", "A minor"),
    ("G4:1 G4:1 A4:2 | B4:1 D5:1 G4:2", "G major"),
    ("A4:1 A4:1 B4:2 | A4:1 B4:1 C5:1 B4:1 | A4:1 B4:.5 A4:.5 F4:2", "A minor"),
])  # fmt: skip
def test_keys_of_short_tunes(notes: str, key: str) -> None:
    assert given_notes(notes, SCALES).key.name == key


def test_no_key_without_notes() -> None:
    with pytest.raises(ValueError, match="without notes"):
        find_key([])


def test_the_meter_follows_the_bar_lines_and_else_the_long_notes() -> None:
    waltz = [Note(at * PPQ, length * PPQ, 60, 80) for at, length in ((0, 2), (2, 1), (3, 2), (5, 1), (6, 3))]
    assert find_meter(waltz, 9 * PPQ) == Meter(3, 4)
    march = [Note(at * PPQ, length * PPQ, 60, 80) for at, length in ((0, 2), (2, 1), (3, 1), (4, 2), (6, 2))]
    assert find_meter(march, 8 * PPQ) == Meter(4, 4)
    assert find_meter(march, 8 * PPQ, (5 * PPQ,)) == Meter(5, 4)
    assert find_meter(march, 7 * PPQ, (7 * PPQ // 2, 7 * PPQ)) == Meter(7, 8)


def test_what_the_user_names_is_kept() -> None:
    notes = "D3:1.5 Eb3:.5 D3:1 A2:3"
    found = given_notes(notes, SCALES, mode="phrygian")
    assert (found.key, found.melody.meter) == (Key(2, "phrygian"), Meter(3, 4))
    assert found.key_fit is not None
    named = given_notes(notes, SCALES, key=Key(9, "phrygian"), meter=Meter(2, 4))
    assert (named.key, named.melody.meter, named.key_fit) == (Key(9, "phrygian"), Meter(2, 4), None)
    assert given_notes("1:2 2:2 3:4", SCALES, scale="hirajoshi").key == Key(0, "aeolian")


def test_five_notes_of_a_known_scale_are_heard_as_it() -> None:
    found = given_notes("1:1 2:1 3:1 5:1 6:1 5:1 1':2", SCALES, key=Key(2, "ionian"))
    assert found.scale.name == "yonanuki_major"
    assert given_notes("1:1 2:1 3:2", SCALES).scale.steps == tuple(range(7))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(36, 96), min_size=2, max_size=12), st.sampled_from([None, "dorian", "locrian"]))
def test_a_given_melody_sounds_as_it_was_written(line: list[int], mode: str | None) -> None:
    names = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
    text = " ".join(f"{names[p % 12]}{p // 12 - 1}:1" for p in line)
    found = given_notes(text, SCALES, mode=mode)
    assert [n.pitch for n in found.melody.realise(found.key, found.octave)] == line
    mean = sum(n.step for n in found.melody.notes) / len(line)
    assert -5 <= mean <= 11  # steps count from a tonic near the melody


# -- themes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bars", range(1, 9))
def test_a_theme_begins_as_given_and_has_eight_bars(bars: int) -> None:
    text = " | ".join((["D4:1.5 F#4:.5 A4:2", "B4:1 A4:1 E4:2"] * 4)[:bars])
    made = theme(notes=text, key="D major")
    given_part = [62, 66, 69, 71, 69, 64] * 4
    count = 3 * bars
    assert pitches(made)[:count] == given_part[:count]
    assert (made.melody.bars, made.motif.bars) == (8, 2)
    assert sum(length for _, length, _ in made.units) == 8
    assert [first for first, _, _ in made.units] == [sum(u[1] for u in made.units[:i]) for i in range(len(made.units))]
    assert all(n.end <= made.melody.length for n in made.melody.notes)
    if bars < 8:
        assert made.melody.notes[-1].step % 7 == 0  # what is added comes home


def test_a_theme_takes_over_what_the_spec_says() -> None:
    made = theme(notes=TWO_BARS, character="tender", instrument="oboe", key="D major")
    assert (made.name, made.character, made.instrument, made.key.name) == ("x", "tender", "oboe", "D major")
    assert theme(notes=TWO_BARS).character == "given"
    assert theme(notes=TWO_BARS) == theme(notes=TWO_BARS)
    assert 0 < made.score <= 100


def test_a_theme_of_nine_bars_is_too_long() -> None:
    with pytest.raises(SpecError, match="theme 'x': 9 bars are given, and a theme has 1 to 8"):
        theme(notes=" | ".join(["C4:4"] * 9))


def test_bar_lines_that_agree_with_no_meter_are_told_with_their_column() -> None:
    with pytest.raises(SpecError, match="theme 'x': column 18: bar 2 is overfull: a 4/4 bar"):
        theme(notes="C4:4 | D4:4 E4:1 | F4:2 | G4:4")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "a theme needs a character"),
        ({"notes": TWO_BARS, "midi": {"path": "a.mid"}}, "not both"),
        ({"notes": "D4:1 H4:2"}, "column 6"),
        ({"notes": "D4:3 | E4:3", "meter": "4/4"}, "column 6: bar 1 has 3 beats"),
        ({"character": "heroic", "mode": "dorian"}, "belong to given notes"),
        ({"notes": TWO_BARS, "key": "D major", "mode": "phrygian"}, "leave one out"),
        ({"midi": {"path": "a.mid", "bars": [4, 1]}}, "1 comes before 4"),
    ],
)
def test_a_spec_that_contradicts_itself_is_refused(fields: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError) as fault:
        ThemeSpec(**fields)  # type: ignore[arg-type]
    assert says in str(fault.value)


def test_a_tonic_alone_goes_with_a_mode() -> None:
    assert theme(notes=TWO_BARS, key="D", mode="mixolydian").key == Key(2, "mixolydian")


@pytest.mark.parametrize(
    ("notes", "has"),
    [("C4:1 D4:1 E4:1 F4:1", False), ("C4:1.5 D4:.5 E4:2", True), ("C4:1/3 D4:1/3 E4:1/3 F4:3", True),
     ("C4:.5 D4:1 E4:.5 F4:2", True), ("r:1 C4:1 D4:1 E4:1", True)],
)  # fmt: skip
def test_distinctive_rhythms(notes: str, has: bool) -> None:
    assert (figures(given_notes(notes, SCALES, meter=Meter(4, 4)).melody) > 0) is has


# -- MIDI files ----------------------------------------------------------------------------------------------


def write_midi(
    path: Path, notes: list[tuple[int, int, int]], *, meter: tuple[int, int] = (4, 4), late: int = 0
) -> Path:
    """Write a file with mido: tempo track, drums, and one track of these (onset, duration, pitch).

    It has 480 ticks per quarter note.
    """
    file = mido.MidiFile(ticks_per_beat=480)
    file.tracks.append(mido.MidiTrack([mido.MetaMessage("time_signature", numerator=meter[0], denominator=meter[1])]))
    file.tracks.append(mido.MidiTrack([
        mido.Message("note_on", channel=9, note=36, velocity=90),
        mido.Message("note_off", channel=9, note=36, time=480),
    ]))  # fmt: skip
    events = sorted([(on + late, 1, p) for on, _, p in notes] + [(on + length + late, 0, p) for on, length, p in notes])
    track, at = mido.MidiTrack(), 0
    for tick, sounding, pitch in events:
        track.append(mido.Message("note_on", note=pitch, velocity=80 * sounding, time=tick - at))
        at = tick
    file.tracks.append(track)
    file.save(path)
    return path


WALTZ = [(i * 480, 470, p) for i, p in enumerate((62, 66, 69, 71, 69, 64, 62, 66, 69, 74, 73, 71))]


def test_a_melody_of_a_midi_file(tmp_path: Path) -> None:
    path = write_midi(tmp_path / "waltz.mid", WALTZ, meter=(3, 4), late=9)
    melody = read_melody(path)
    assert melody.meter == Meter(3, 4)
    found_notes = [(n.onset, n.duration, n.pitch) for n in melody.notes]
    assert found_notes == [(i * PPQ, PPQ, p) for i, (_, _, p) in enumerate(WALTZ)]
    part = read_melody(path, 1, (2, 3))
    assert ([n.pitch for n in part.notes], part.length) == ([71, 69, 64, 62, 66, 69], 6 * PPQ)
    assert part.notes[0].onset == 0
    found = given_midi(path, SCALES, bars=(1, 4))
    assert (found.key, found.melody.bars) == (Key(2, "ionian"), 4)


def test_of_a_chord_the_highest_note_is_the_melody(tmp_path: Path) -> None:
    path = write_midi(tmp_path / "chords.mid", [(0, 960, 60), (0, 960, 67), (960, 480, 65), (1440, 480, 64)])
    assert [n.pitch for n in read_melody(path).notes] == [67, 65, 64]


def test_a_theme_of_a_midi_file_counts_its_path_from_the_folder(tmp_path: Path) -> None:
    write_midi(tmp_path / "waltz.mid", WALTZ, meter=(3, 4))
    spec = ThemeSpec(midi=MidiSource(path="waltz.mid", bars=(1, 2)))
    made = theme_from_given("w", spec, SCALES, stream(1), folder=tmp_path)
    assert pitches(made)[:6] == [62, 66, 69, 71, 69, 64]
    assert made.melody.bars == 8
    with pytest.raises(UsageError, match="no such MIDI file"):
        theme_from_given("w", spec, SCALES, stream(1), folder=tmp_path / "elsewhere")


@pytest.mark.parametrize("ending", [".mid", ".yaml"])
def test_a_theme_that_was_saved_is_read_back(tmp_path: Path, ending: str) -> None:
    made = theme(notes=TWO_BARS, key="D major")
    path = tmp_path / f"theme{ending}"
    save_pages([page_of(made)], path)
    if ending == ".mid":
        again = given_midi(path, SCALES, key=made.key)
        assert [n.pitch for n in again.melody.realise(again.key, again.octave)] == pitches(made)
        assert [n.onset for n in again.melody.notes] == [n.onset for n in made.melody.notes]
    else:
        text = path.read_text("utf-8")
        notes = text.partition('notes: "')[2].partition('"')[0]
        assert pitches(theme(notes=notes, key="D major")) == pitches(made)


def test_files_that_hold_no_melody_are_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mid"
    broken.write_bytes(b"MThd\x00\x00")
    with pytest.raises(UsageError, match="not a MIDI file"):
        read_melody(broken)
    path = write_midi(tmp_path / "waltz.mid", WALTZ)
    with pytest.raises(UsageError, match="no track 2; 1 hold notes"):
        read_melody(path, 2)
    with pytest.raises(UsageError, match="no notes in bars 90 to 91"):
        read_melody(path, 1, (90, 91))
    empty = tmp_path / "empty.mid"
    mido.MidiFile().save(empty)
    with pytest.raises(UsageError, match="no notes in this file"):
        read_melody(empty)


# -- how alike -----------------------------------------------------------------------------------------------

SHAPES = st.lists(st.tuples(st.integers(1, 8), st.integers(50, 80)), max_size=12).map(
    lambda rows: [(240 * sum(r[0] for r in rows[:i]), rows[i][1]) for i in range(len(rows))]
)


@settings(deadline=None)
@given(SHAPES, SHAPES)
def test_the_parts_of_a_likeness_make_up_the_identity(a: list[tuple[int, int]], b: list[tuple[int, int]]) -> None:
    found = likeness(a, b)
    assert found.identity == pytest.approx(identity(a, b))
    assert all(0 <= part <= 1 for part in found)
