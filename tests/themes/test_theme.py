"""Invented motifs and their eight bars, for every character and many seeds."""

from __future__ import annotations

from functools import cache
from itertools import combinations, pairwise
from statistics import mean, median

import pytest

from cuesmith.chance import stream
from cuesmith.motif.identity import identity
from cuesmith.motif.model import Motif, MotifNote, Theme
from cuesmith.motif.scale_index import scale_index, scale_step
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.music.scale import MODES, Key, Scale
from cuesmith.specs.banks.library import Banks, load_banks
from cuesmith.specs.load import load_style
from cuesmith.specs.show import ThemeSpec
from cuesmith.themes.develop import develop
from cuesmith.themes.invent import GOALS, invent
from cuesmith.themes.judge import judge, judge_surprise, judge_theme, total
from cuesmith.themes.make import ingredients, make_theme, make_themes, wishes
from cuesmith.themes.surprise_profile import naturalness

CHARACTERS = tuple(load_banks().characters)
METERS = (Meter(4, 4), Meter(3, 4))
AEOLIAN = Scale("aeolian", "aeolian", tuple(range(7)), (0, 2, 4))


@pytest.mark.parametrize("character", CHARACTERS)
def test_motifs_score_well(character: str, banks: Banks) -> None:
    """A hundred seeds, with an eighth of the usual number of candidates; more candidates can only be better."""
    row = banks.characters[character]
    scores = []
    for seed in range(100):
        scale = banks.scales[stream(seed, "scale").weighted(dict(row.scales))]
        key = Key(seed % 12, scale.mode)
        motif, _ = invent(ingredients(row, banks), scale, key, Meter(4, 4), stream(seed, character), count=12)
        scores.append(total(judge(motif, key, wishes(row, banks))))
        assert motif.length == 2 * 3840
        assert all(0 <= n.onset < n.end <= motif.length for n in motif.notes)
    assert mean(scores) >= 70


@pytest.mark.parametrize("character", CHARACTERS)
@pytest.mark.parametrize("meter", METERS, ids=str)
def test_a_motif_keeps_scale_register_and_goal(character: str, meter: Meter, banks: Banks) -> None:
    row = banks.characters[character]
    for seed in range(3):
        scale = banks.scales[stream(seed, "scale").weighted(dict(row.scales))]
        motif, _ = invent(
            ingredients(row, banks), scale, Key(2, scale.mode), meter, stream(seed, "m", character), count=48
        )
        steps = [n.step for n in motif.notes]
        assert len(steps) >= 3
        assert {step % 7 for step in steps} <= set(scale.steps)
        assert -7 <= min(steps) <= max(steps) <= 11, "two octaves at most, where a voice could sing it"
        assert max(steps) - min(steps) <= 12
        if set(GOALS) & set(scale.steps):
            assert steps[-1] % 7 != 0, "a motif asks: it does not end on the tonic"


def test_more_candidates_are_never_worse(banks: Banks) -> None:
    row = banks.characters["heroic"]
    scale = banks.scales["ionian"]
    for seed in range(5):
        found = [
            invent(ingredients(row, banks), scale, Key(0, "ionian"), Meter(4, 4), stream(seed), count=count)[1]
            for count in (1, 8, 32)
        ]
        assert found == sorted(found)


@pytest.mark.parametrize("scale", load_banks().scales.values(), ids=lambda scale: scale.name)
def test_scale_index_inverts_scale_step(scale: Scale) -> None:
    for index in range(-12, 13):
        assert scale_index(scale, scale_step(scale, index)) == index
        assert scale_step(scale, index + 1) > scale_step(scale, index)


@pytest.mark.parametrize("form", ["sentence", "period"])
@pytest.mark.parametrize("character", CHARACTERS)
def test_a_melody_has_eight_bars_a_breath_and_a_close(character: str, form: str, banks: Banks) -> None:
    row = banks.characters[character]
    for seed in range(2):
        scale = banks.scales[stream(seed, "scale").weighted(dict(row.scales))]
        meter = METERS[seed % 2]
        motif, _ = invent(ingredients(row, banks), scale, Key(0, scale.mode), meter, stream(seed, character), count=16)
        melody, units = develop(motif, scale, form, stream(seed, "develop"))
        bar = meter.bar_ticks
        assert melody.length == 8 * bar
        assert [first for first, _, _ in units] == [sum(bars for _, bars, _ in units[:i]) for i in range(len(units))]
        assert sum(bars for _, bars, _ in units) == 8
        assert melody.notes[: len(motif.notes)] == motif.notes, "it begins with the idea"
        assert not any(n.onset < 4 * bar < n.end + PPQ // 2 for n in melody.notes), "no breath after four bars"
        assert {n.step % 7 for n in melody.notes if n.onset >= 2 * bar} <= set(scale.steps)
        assert melody.notes[-1].step % 7 == 0, "it does not close on the tonic"
        assert melody.notes[-1].duration >= PPQ
        assert all(a.end <= b.onset for a, b in zip(melody.notes, melody.notes[1:], strict=False))


@pytest.mark.parametrize("character", CHARACTERS)
@pytest.mark.parametrize("style", ["symphonic", "taiko-koto"])
def test_a_theme_is_what_was_asked(style: str, character: str, banks: Banks) -> None:
    spec = ThemeSpec(character=character, key="D minor", instrument="oboe")
    theme = make_theme("x", spec, load_style(style), banks, stream(1, "x"))
    assert (theme.key.tonic, theme.key.minor) == (2, True)
    assert theme.instrument == "oboe"
    assert theme.character == character
    assert theme.form in ("sentence", "period")
    assert 0 <= theme.score <= 100
    assert theme.scale.mode == theme.key.mode


def test_a_scale_run_and_an_arpeggio_are_marked_down() -> None:
    def motif(steps: list[int]) -> Motif:
        notes = tuple(MotifNote(i * PPQ, PPQ, step) for i, step in enumerate(steps))
        return Motif(notes, 2 * 3840, Meter(4, 4))

    tune = total(judge(motif([0, 4, 3, 2, 3, 1, 0, 1]), Key(0, "ionian")))
    assert total(judge(motif([0, 1, 2, 3, 4, 5, 6, 7]), Key(0, "ionian"))) < tune
    assert total(judge(motif([0, 2, 4, 7, 4, 2, 4, 7]), Key(0, "ionian"))) < tune
    assert total(judge(motif([0]), Key(0, "ionian"))) == 0


def test_a_mode_changes_pitches_but_not_steps() -> None:
    motif = Motif((MotifNote(0, PPQ, 0), MotifNote(PPQ, PPQ, 2), MotifNote(2 * PPQ, PPQ, 5)), 3840, Meter(4, 4))
    for mode in MODES:
        assert [n.pitch - 60 for n in motif.realise(Key(0, mode))] == [MODES[mode][0], MODES[mode][2], MODES[mode][5]]
    assert [n.pitch for n in motif.realise(Key(9, AEOLIAN.mode), 3)] == [57, 60, 65]


def test_themes_of_a_show_are_good_and_dense_enough(banks: Banks) -> None:
    """Casts of four characters over all styles. Measured over 200 of them: least 75, median 91; 7 notes."""
    counts = []
    for number in range(24):
        cast = stream(number, "cast").shuffled(CHARACTERS)[:4]
        style = load_style(("symphonic", "jazz-rock", "synth", "taiko-koto")[number % 4])
        found = list(make_themes({name: ThemeSpec(character=name) for name in cast}, style, banks, number).values())
        assert all(theme.score >= 70 for theme in found), number
        for one, other in combinations(found, 2):
            assert identity(one.motif.shape(one.key), other.motif.shape(other.key)) <= 0.45
        counts += [len(theme.motif.notes) for theme in found]
    assert min(counts) >= 6
    assert 7 <= median(counts) <= 9


def test_the_eight_bars_are_judged_too(banks: Banks) -> None:
    theme = make_theme("x", ThemeSpec(character="noble"), load_style("symphonic"), banks, stream(1, "x"))
    whole = total(judge_theme(theme.motif, theme.melody, theme.key))
    flat = theme.melody.with_notes(tuple(n._replace(step=0) for n in theme.melody.notes))
    breathless = theme.melody.with_notes(
        tuple(a._replace(duration=b.onset - a.onset) for a, b in pairwise(theme.melody.notes))
    )
    assert total(judge_theme(theme.motif, flat, theme.key)) < whole
    assert total(judge_theme(theme.motif, breathless, theme.key)) < whole


@cache
def invented() -> tuple[Theme, ...]:
    """Return a few themes of every character, each made on its own."""
    banks, style = load_banks(), load_style("symphonic")
    return tuple(
        make_themes({name: ThemeSpec(character=name)}, style, banks, f"heard {seed}")[name]
        for name in CHARACTERS
        for seed in range(5)
    )


def test_themes_are_as_natural_as_folk_songs() -> None:
    """Measured over 100 seeds of each character: median 0.9, at least 0.2 for 99 of 100."""
    found = [naturalness(t.melody.realise(t.key), t.key, t.melody.meter) for t in invented()]
    assert median(found) >= 0.8
    assert sum(value < 0.2 for value in found) <= 0.03 * len(found)


def test_units_join_without_a_leap() -> None:
    """In melodies, bridges and choruses few units begin a fifth or more from the last note of the unit before."""
    for part, most in (("melody", 0.15), ("bridge", 0.08), ("chorus", 0.15)):
        wide = joins = 0
        for theme in invented():
            melody = getattr(theme, part)
            units = getattr(theme, "units" if part == "melody" else f"{part}_units")
            starts = [first * melody.meter.bar_ticks for first, _, _ in units]
            for before, note in pairwise(melody.notes):
                if any(before.onset < start <= note.onset for start in starts):
                    joins += 1
                    wide += abs(theme.key.pitch(note.step) - theme.key.pitch(before.step)) >= 7
        assert wide <= most * joins, part


def test_melodies_keep_within_a_ninth_and_peak_once_past_the_middle() -> None:
    """Measured over 1400: nine in ten span at most fourteen semitones, three in four have one peak at 45 to 80 %."""
    narrow = placed = 0
    for theme in invented():
        pitches = [n.pitch for n in theme.melody.realise(theme.key)]
        tops = [n.onset / theme.melody.length for n in theme.melody.realise(theme.key) if n.pitch == max(pitches)]
        assert max(pitches) - min(pitches) <= 16
        narrow += max(pitches) - min(pitches) <= 14
        placed += len(tops) == 1 and 0.45 <= tops[0] <= 0.8
    assert narrow >= 0.8 * len(invented())
    assert placed >= 0.6 * len(invented())


def test_some_characters_sing_in_three_four(banks: Banks) -> None:
    in_three = {theme.character for theme in invented() if theme.melody.meter == Meter(3, 4)}
    wanted = {name for name, row in banks.characters.items() if Meter(3, 4) in row.meters}
    assert wanted == {"lonely", "tender", "nostalgic", "playful", "noble"}
    assert len(in_three) >= 2
    assert in_three <= wanted


def test_surprise_is_judged() -> None:
    """A melody with reordered pitches loses points."""
    better = 0
    for number, theme in enumerate(invented()):
        steps = stream(number, "shuffle").shuffled([n.step for n in theme.melody.notes])
        jumble = theme.melody.with_notes(
            tuple(n._replace(step=step) for n, step in zip(theme.melody.notes, steps, strict=True))
        )
        own, other = (total(judge_surprise(melody, theme.key)) for melody in (theme.melody, jumble))
        better += own > other
    assert better >= 0.85 * len(invented())
