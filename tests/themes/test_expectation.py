"""The model of melodic expectation: its laws, and whether it can tell a tune from a shuffled one.

The melodies were written for these tests; none is from the corpus.
"""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from statistics import mean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith.chance import Stream, stream
from cuesmith.motif.text import read_notes
from cuesmith.music.meter import Meter, parse_meter
from cuesmith.music.note import PPQ
from cuesmith.music.scale import MODES, Key, Scale
from cuesmith.specs.banks.library import load_banks
from cuesmith.themes.expectation import (
    SIZES,
    contents,
    distributions,
    load_expectations,
    pitch_distributions,
    read_expectations,
)
from cuesmith.themes.melody_views import view_melody
from cuesmith.themes.surprise_profile import figures, naturalness, nearness, percentiles, profile, surprise_at

ROOT = Path(__file__).resolve().parents[2]
CORPUS = importlib.util.find_spec("music21")
Heard = tuple[int, int, int]

# meter, mode, degrees
WRITTEN = (
    ("4/4", "ionian", "5:1 3:1 4:1 2:1 | 3:1 1:1 2:2 | 3:1 4:1 5:1 6:1 | 5:3 r:1"
     "| 6:1 5:1 4:1 6:1 | 5:1 3:1 1:2 | 2:1 4:1 3:1 2:1 | 1:3 r:1"),
    ("3/4", "ionian", "1:1 2:1 3:1 | 5:2 4:1 | 3:1 2:1 1:1 | 2:3 | 3:1 4:1 5:1 | 6:2 5:1 | 4:1 2:1 7,:1 | 1:3"),
    ("4/4", "aeolian", "1:1.5 2:.5 3:1 2:1 | 5:2 4:1 3:1 | 4:1 3:1 2:1 1:1 | 2:4"
     "| 1:1.5 2:.5 3:1 4:1 | 5:2 6:1 5:1 | 4:1 3:1 2:1 2:1 | 1:4"),
    ("2/4", "ionian", "3:1 5:1 | 6:.5 5:.5 3:1 | 2:1 3:.5 2:.5 | 1:2"
     "| 2:1 3:1 | 5:.5 6:.5 5:1 | 3:.5 2:.5 1:.5 2:.5 | 1:2"),
    ("2/4", "aeolian", "1:1 3:.5 4:.5 | 5:1 4:1 | 3:.5 4:.5 3:.5 1:.5 | 7,:2"
     "| 1:.5 3:.5 4:1 | 5:.5 7:.5 5:1 | 4:.5 3:.5 1:.5 7,:.5 | 1:2"),
    ("4/4", "phrygian", "5:1 6:1 5:2 | 4:1 2:1 1:2 | 2:1 4:1 5:1 6:1 | 5:4"
     "| 6:1 5:1 4:2 | 5:1 4:1 2:2 | 1:1 2:1 4:1 2:1 | 1:4"),
    ("6/8", "ionian", "5:.5 5:.5 6:.5 5:1 3:.5 | 4:.5 4:.5 5:.5 4:1 2:.5 | 3:.5 4:.5 5:.5 6:1 5:.5"
     "| 4:.5 3:.5 2:.5 2:1.5"
     "| 5:.5 5:.5 6:.5 5:1 3:.5 | 4:.5 5:.5 4:.5 2:1 7,:.5 | 1:.5 2:.5 3:.5 4:.5 2:.5 7,:.5 | 1:3"),
    ("4/4", "dorian", "1:1 4:1 5:1 6:.5 5:.5 | 7:1 5:1 4:2 | 5:1 4:1 3:1 4:.5 3:.5 | 1:1 2:1 1:2"
     "| 1:1 4:1 5:1 6:.5 5:.5 | 7:1 1':1 7:1 5:1 | 6:1 5:1 4:1 3:.5 2:.5 | 1:4"),
)  # fmt: skip


def _melody(meter: str, mode: str, text: str) -> tuple[tuple[Heard, ...], Key, Meter]:
    key = Key(2, mode)
    sounds = read_notes(text, parse_meter(meter)).sounds
    return tuple((s.onset, s.duration, key.pitch(s.step, s.alter)) for s in sounds), key, parse_meter(meter)


MELODIES = tuple(_melody(*row) for row in WRITTEN)


@st.composite
def melodies(draw: st.DrawFn) -> tuple[tuple[Heard, ...], Key, Meter]:
    """Any single line, in any key and meter."""
    gaps = draw(st.lists(st.integers(1, 5 * PPQ), max_size=24))
    onsets = list(itertools.accumulate(gaps, initial=draw(st.integers(0, 4 * PPQ))))
    pitches = draw(st.lists(st.integers(0, 127), min_size=len(onsets), max_size=len(onsets)))
    key = Key(draw(st.integers(0, 11)), draw(st.sampled_from(list(MODES))))
    meter = parse_meter(draw(st.sampled_from(["4/4", "3/4", "6/8", "7/8(2+2+3)", "5/4", "2/2", "9/8"])))
    return tuple((onset, 1, pitch) for onset, pitch in zip(onsets, pitches, strict=True)), key, meter


@given(melodies())
@settings(max_examples=50, deadline=None)
def test_probabilities_sum_to_one_and_nothing_is_impossible(melody: tuple[tuple[Heard, ...], Key, Meter]) -> None:
    notes, key, meter = melody
    model = load_expectations()
    views = view_melody(notes, key, meter)
    for family, seen in (
        (model.opening, views.opening),
        (model.pitch, views.pitch),
        (model.step, views.step),
        (model.rhythm, views.rhythm),
    ):
        if seen.symbols:
            odds = distributions(family, seen)
            assert np.allclose(odds.sum(axis=1), 1.0, atol=1e-9)
            assert odds.min() > 0.0
    if views.pitch.symbols:
        odds = pitch_distributions(model, views, [pitch for _, _, pitch in notes])
        assert np.allclose(odds.sum(axis=1), 1.0, atol=1e-9)
        assert odds[np.arange(len(odds)), views.pitch.symbols].min() > 0.0
    told = contents(notes, key, meter).total
    assert len(told) == len(notes)
    assert all(0.0 <= bits < 28.0 for bits in told)


@given(melodies(), st.integers(-24, 24), st.integers(0, 3))
@settings(max_examples=30, deadline=None)
def test_neither_the_key_nor_the_bar_it_begins_in_matters(
    melody: tuple[tuple[Heard, ...], Key, Meter], semitones: int, bars: int
) -> None:
    notes, key, meter = melody
    moved = [(onset + bars * meter.bar_ticks, duration, pitch + semitones) for onset, duration, pitch in notes]
    assert contents(moved, key.transposed(semitones), meter) == contents(notes, key, meter)


def test_every_process_finds_the_same() -> None:
    program = (
        "from cuesmith.themes.expectation import contents as f;"
        "from cuesmith.music.meter import Meter; from cuesmith.music.scale import Key;"
        f"print(f({MELODIES[0][0]!r}, Key(2, 'ionian'), Meter(4, 4)).total)"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1
    assert found.pop().decode().strip() == str(contents(*MELODIES[0]).total)


def test_a_melody_has_notes_one_after_another() -> None:
    key, meter = Key(0, "ionian"), Meter(4, 4)
    with pytest.raises(ValueError, match="without notes"):
        contents((), key, meter)
    with pytest.raises(ValueError, match="one after another"):
        contents(((0, 960, 60), (0, 960, 64)), key, meter)
    assert len(contents(((0, 960, 60),), key, meter).total) == 1


def test_what_was_heard_before_surprises_less() -> None:
    """An unusual bar, repeated: it costs most the first time, in pitch and in time."""
    bar = ((0, 61), (360, 67), (1200, 60), (2280, 66), (3000, 73))
    notes = [(3840 * n + onset, 240, pitch) for n in range(4) for onset, pitch in bar]
    told = contents(notes, Key(0, "ionian"), Meter(4, 4))
    for bits in (told.pitch, told.rhythm):
        sums = [sum(bits[5 * n + 1 : 5 * n + 5]) for n in range(4)]
        assert sums[0] > sums[1] >= sums[2] - 1e-9 and sums[3] < 0.6 * sums[0]


@pytest.mark.parametrize("scale", load_banks().scales.values(), ids=lambda scale: scale.name)
def test_unusual_scales_are_not_too_surprising(scale: Scale) -> None:
    """A plain melody in any scale costs less per note than songs with shuffled pitches."""
    walk = (0, 1, 2, 3, 2, 1, 2, 3, 4, 3, 2, 1, 0)
    key = Key(0, scale.mode)
    notes = [(PPQ * i, PPQ, key.pitch(scale.steps[step])) for i, step in enumerate(walk)]
    told = contents(notes, key, Meter(4, 4))
    assert mean(told.pitch) < 4.0
    assert max(told.pitch) < 10.0


def _shuffled_pitches(notes: tuple[Heard, ...], draw: Stream) -> list[Heard]:
    pitches = draw.shuffled([pitch for _, _, pitch in notes])
    return [(onset, duration, pitch) for (onset, duration, _), pitch in zip(notes, pitches, strict=True)]


def _shuffled_rhythm(notes: tuple[Heard, ...], draw: Stream) -> list[Heard]:
    gaps = draw.shuffled([b[0] - a[0] for a, b in itertools.pairwise(notes)])
    return [(onset, 1, n[2]) for onset, n in zip(itertools.accumulate(gaps, initial=notes[0][0]), notes, strict=True)]


def _random_walk(notes: tuple[Heard, ...], draw: Stream) -> list[Heard]:
    pitches = itertools.accumulate((draw.integer(-4, 4) for _ in notes[1:]), initial=notes[0][2])
    return [(onset, duration, pitch) for (onset, duration, _), pitch in zip(notes, pitches, strict=True)]


@pytest.mark.parametrize("spoil", [_shuffled_pitches, _shuffled_rhythm, _random_walk])
def test_tunes_are_less_surprising_than_shuffled_ones(
    spoil: Callable[[tuple[Heard, ...], Stream], list[Heard]],
) -> None:
    """AUC: how often a tune costs less per note than a shuffled one, over all pairs."""
    plain = [mean(contents(*melody).total) for melody in MELODIES]
    spoilt: list[float] = []
    likeness: list[float] = []
    for number, (notes, key, meter) in enumerate(MELODIES):
        for seed in range(12):
            made = spoil(notes, stream(seed, number))
            spoilt.append(mean(contents(made, key, meter).total))
            likeness.append(naturalness(made, key, meter))
    auc = mean((a < b) + 0.5 * (a == b) for a in plain for b in spoilt)
    assert auc > 0.85
    assert mean(naturalness(*melody) for melody in MELODIES) > mean(likeness) + 0.1


def test_natural_means_neither_flat_nor_random() -> None:
    for notes, key, meter in MELODIES:
        likeness = naturalness(notes, key, meter)
        flat = [(onset, duration, notes[0][2]) for onset, duration, _ in notes]
        wild = [(onset, duration, 60 + (37 * i * i) % 29) for i, (onset, duration, _) in enumerate(notes)]
        assert 0.5 < likeness <= 1.0
        assert 0.0 <= naturalness(flat, key, meter) < likeness
        assert 0.0 <= naturalness(wild, key, meter) < likeness


def test_percentiles_follow_the_figures() -> None:
    found = [figures(*melody) for melody in MELODIES]
    for name, quantiles in load_expectations().human.items():
        assert list(quantiles) == sorted(quantiles) and len(quantiles) == 21
        ranked = sorted(found, key=lambda row: getattr(row, name))
        places = [percentiles(row)[name] for row in ranked]
        assert places == sorted(places)
        assert all(0.0 <= place <= 100.0 for place in places)
        for row in ranked:  # inside the middle four fifths, and only there, a figure is wholly human
            assert (nearness(row)[name] == 1.0) == (10.0 <= percentiles(row)[name] <= 90.0)


def test_profile_and_its_peaks() -> None:
    told = contents(*MELODIES[0])
    found = profile(told)
    assert found.mean == pytest.approx(mean(told.total))
    assert found.figures.pitch + found.figures.rhythm == pytest.approx(found.mean)
    assert found.peaks and all(told.total[i] > found.mean for i in found.peaks)
    assert set(range(len(told.total))) - set(found.peaks)


def test_shares_of_surprise() -> None:
    told = contents(*MELODIES[2])
    everywhere = range(len(told.total))
    assert surprise_at(told, everywhere) == pytest.approx(1.0)
    assert surprise_at(told, ()) == 0.0
    assert sum(surprise_at(told, [i]) for i in everywhere) == pytest.approx(1.0)
    top = max(everywhere, key=lambda i: told.total[i])
    assert surprise_at(told, [top, top]) == surprise_at(told, [top]) > 1 / len(told.total)


def test_the_counts_say_where_they_are_from_and_hold_no_tune() -> None:
    text = (files("cuesmith.themes") / "expectation.json").read_bytes()
    data = json.loads(text)
    assert len(text) < 400_000
    about = data["about"]
    parts = {name: row["tunes"] for name, row in about["parts"].items()}
    assert sum(row["tunes"] for row in about["collections"].values()) == sum(parts.values())
    assert parts["learn"] > 5 * parts["measure"] > 0 < parts["calibrate"]
    assert not re.search(r"20\d\d-\d\d-\d\d", json.dumps(about))
    for family, views in data["families"].items():
        for orders in views.values():
            for length, table in enumerate(orders):
                assert table["contexts"] == sorted(set(table["contexts"]))
                assert all(len(context) == length for context in table["contexts"])
                ends = list(itertools.accumulate(map(len, table["symbols"])))
                assert ends[-1] == len(table["counts"])
                sums = [sum(table["counts"][a:b]) for a, b in itertools.pairwise([0, *ends])]
                assert min(sums) >= about["least"]
                assert all(0 <= ord(letter) - 48 < SIZES[family] for row in table["symbols"] for letter in row)


corpus_needed = pytest.mark.skipif(
    CORPUS is None or not Path((CORPUS.submodule_search_locations or [""])[0], "corpus", "essenFolksong").is_dir(),
    reason="music21 came without its corpus",
)


@corpus_needed
def test_training_again_gives_the_same_bytes(tmp_path: Path) -> None:
    """On one fortieth of the songs; training on all takes ten seconds."""
    made = []
    for seed in ("1", "2"):
        file = tmp_path / f"{seed}.json"
        command = [sys.executable, "-m", "tools.train_expectation", "--every", "40", "--output", str(file)]
        env = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
        made.append(file.read_bytes())
    assert made[0] == made[1]
    shipped = json.loads((files("cuesmith.themes") / "expectation.json").read_bytes())
    assert json.loads(made[0])["families"].keys() == shipped["families"].keys()
    assert contents(*MELODIES[0]) != contents(*MELODIES[0], read_expectations(made[0]))


@corpus_needed
def test_songs_are_read_as_music21_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    from music21 import converter
    from tools.folk_tunes import read_tunes
    from tools.train_expectation import corpus_folder

    file = corpus_folder() / "erk20.abc"
    # without accidentals: within a bar music21 does not carry them to the next note of the same name
    plain = [t for t in read_tunes(file) if {(n[2] - t.key.tonic) % 12 for n in t.notes} <= set(MODES["ionian"])]
    assert len(plain) >= 200
    for tune in plain[:200:50]:
        score = converter.parse(file, number=tune.number, format="abc").flatten().stripTies()
        theirs = [(round(note.quarterLength * PPQ), note.pitches[0].midi) for note in score.notes]
        assert [(duration, pitch) for _, duration, pitch in tune.notes] == theirs
