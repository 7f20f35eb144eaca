"""Feelings and mood dials: the bank, the mood of a cue, and that each dial has effects in one direction only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import combinations, pairwise
from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith.casting.register import MOST_LOG_FACTOR, weights_by_register
from cuesmith.cue.compose import compose, compose_brief
from cuesmith.errors import UsageError
from cuesmith.motif.model import Theme
from cuesmith.music.scale import MODES, brightness
from cuesmith.plan.build import build_plan
from cuesmith.plan.model import Plan
from cuesmith.plan.mood.mood_dials import (
    COLOUR_TENSION,
    colours_at,
    energy_at,
    loudness_at,
    modes_at,
    register_at,
    tempo_at,
)
from cuesmith.plan.mood.mood_place import mood_of, recipe_of, type_mood_of
from cuesmith.score import Score
from cuesmith.specs.banks.feelings import Feeling, feeling_problems, find_feeling
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import NO_SHIFT, Brief, Mood
from cuesmith.specs.find import list_names
from cuesmith.specs.load import load_style

BANKS = load_banks()
STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
TENSE = (1, 6, 11)  # semitones of the intervals that want to go somewhere
Themes = Callable[[str], Mapping[str, Theme]]

unit = st.floats(0, 1)
inner = st.floats(0.05, 0.95)


def asked(type_: str, style: str = "symphonic", **settings: object) -> Brief:
    brief = Brief(id="M-001", title="Test", type=type_, style=style, seed=5, themes=("hero", "home"))
    return replace(brief, **settings)  # type: ignore[arg-type]


def planned(brief: Brief, themes_of: Themes) -> Plan:
    return build_plan(brief, load_style(brief.style), themes_of(brief.style), BANKS)


def rising(values: list[float]) -> bool:
    return all(a <= b + 1e-9 for a, b in pairwise(values))


# -- the bank ----------------------------------------------------------------------------------------------------------


def test_the_bank_has_what_stories_need() -> None:
    rows = BANKS.feelings
    assert len(rows) >= 40
    wanted = [
        "hopeful",
        "lonely",
        "tender",
        "anxious",
        "triumphant",
        "grieving",
        "playful",
        "mysterious",
        "furious",
        "serene",
        "nostalgic",
    ]
    wanted += [
        "perseverance",
        "loneliness",
        "hope",
        "destiny",
        "self_belief",
        "loss",
        "friendship",
        "sacrifice",
        "homecoming",
    ]
    assert set(wanted) <= set(rows)
    assert len({(row.valence, row.arousal, row.tension, row.recipe, row.kind) for row in rows.values()}) >= 40


def test_every_word_finds_its_row() -> None:
    for name, row in BANKS.feelings.items():
        assert find_feeling(name, BANKS.feelings) == name
        assert find_feeling(name.replace("_", " ").upper(), BANKS.feelings) == name
        for word in row.words:
            assert find_feeling(word, BANKS.feelings) == name
    assert find_feeling("hopefull", BANKS.feelings) is None


def test_the_bank_is_checked() -> None:
    row = Feeling(valence=0, arousal=0, tension=0, about="x", words=("glum",))
    told = [p.message for p in feeling_problems({"a": row, "b": replace(row, recipe="sadd")}, BANKS.recipes)]
    assert told == ["unknown recipe 'sadd'; did you mean 'sad'?", "'glum' already stands for a"]


# -- where a cue lies --------------------------------------------------------------------------------------------------


def test_numbers_go_before_the_feeling_and_that_before_the_type() -> None:
    cue = BANKS.cue_types["battle"]
    assert mood_of(asked("battle"), cue, BANKS.feelings) == type_mood_of(cue)
    sad = BANKS.feelings["sad"]
    felt = mood_of(asked("battle", feel="sorrowful", tension=1.0), cue, BANKS.feelings)
    assert felt == Mood(sad.valence, sad.arousal, 1.0)
    assert recipe_of(asked("battle", feel="sad"), BANKS.feelings) == sad.recipe


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"valence": -1.5}, "a valence of -1.5 is out of range: -1 to 1"),
        ({"arousal": 2.0}, "an? arousal of 2 is out of range: 0 to 1"),
        ({"tension": float("nan")}, "a tension of nan is out of range"),
        ({"feel": "hopefull"}, "unknown feeling 'hopefull'; did you mean 'hopeful'"),
    ],
)
def test_refused(said: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        compose(type="eyecatch", **said)  # type: ignore[arg-type]


def test_neutral_dials_change_nothing(themes_of: Themes) -> None:
    for type_, cue in BANKS.cue_types.items():
        plain = planned(asked(type_), themes_of)
        own = type_mood_of(cue)
        turned = planned(asked(type_, valence=own.valence, arousal=own.arousal, tension=own.tension), themes_of)
        assert replace(turned, brief=plain.brief) == plain
        assert all(section.mood_shift == NO_SHIFT and section.loudness == 1 for section in plain.sections)


# -- each dial moves one way -------------------------------------------------------------------------------------------


@given(st.dictionaries(st.sampled_from(tuple(MODES)), st.floats(0.1, 5), min_size=1), st.lists(st.floats(-2, 2)))
def test_brighter_is_in_brighter_modes(weights: dict[str, float], pulls: list[float]) -> None:
    def mean(pull: float) -> float:
        found = modes_at(weights, pull)
        return sum(brightness(mode) * weight for mode, weight in found.items()) / sum(found.values())

    assert rising([mean(pull) for pull in sorted(pulls)])
    assert set(modes_at(weights, 0.0)) == set(weights)


@given(inner, inner, inner, st.lists(unit, min_size=2), st.floats(60, 100), st.floats(0, 1))
def test_livelier_is_faster_fuller_louder_and_higher(
    own: float, valence: float, energy: float, arousals: list[float], low: float, place: float
) -> None:
    home, bpm_range = Mood(0.0, own, 0.3), (low, low + 50)
    moods = [home._replace(arousal=arousal) for arousal in sorted(arousals)]
    bpm = low + 50 * place
    assert rising([tempo_at(bpm, bpm_range, mood, home)[0] for mood in moods])
    assert rising([energy_at(energy, mood, home) for mood in moods])
    assert rising([loudness_at(mood, home) for mood in moods])
    assert rising([register_at(Mood(0.0, mood.arousal - own, 0.0)) for mood in moods])
    for mood in moods:
        wished, (least, most) = tempo_at(bpm, bpm_range, mood, home)
        assert least - 1e-9 <= wished <= most + 1e-9
        assert tempo_at(bpm, (60, 95), mood, home, spoken_over=True)[1][1] <= 100
        assert 0 <= energy_at(energy, mood, home) <= 1
    assert tempo_at(bpm, bpm_range, home, home) == (bpm, bpm_range)
    assert energy_at(energy, home, home) == energy


@given(st.lists(st.floats(-1, 1), min_size=2))
def test_tenser_is_in_tenser_colours(pulls: list[float]) -> None:
    usual = dict.fromkeys(BANKS.spellings, 10.0)

    def mean(pull: float) -> float:
        found = colours_at(usual, NO_SHIFT._replace(tension=pull))
        return sum(COLOUR_TENSION.get(name, 0.0) * w for name, w in found.items()) / sum(found.values())

    assert rising([mean(pull) for pull in sorted(pulls)])
    assert set(COLOUR_TENSION) <= set(BANKS.spellings)
    assert colours_at(usual, NO_SHIFT) == usual


@pytest.mark.parametrize("style", STYLES)
@settings(max_examples=10, deadline=None)
@given(st.sampled_from(tuple(BANKS.cue_types)), st.floats(-1, 1), unit, unit, st.integers(0, 9))
def test_every_setting_of_the_dials_has_a_plan(
    themes_of: Themes, style: str, type_: str, valence: float, arousal: float, tension: float, seed: int
) -> None:
    plan = planned(asked(type_, style, seed=seed, valence=valence, arousal=arousal, tension=tension), themes_of)
    assert (plan.valence, plan.arousal, plan.tension) == (valence, arousal, tension)
    assert plan.tempo.seconds(plan.length) == pytest.approx(plan.seconds, abs=0.001)
    assert all(0 <= section.energy <= 1 for section in plan.sections)
    assert len(plan.curve) in (0, plan.bars)


def test_a_key_asked_for_is_kept(themes_of: Themes) -> None:
    from cuesmith.specs.show import parse_key

    plan = planned(asked("tender", key=parse_key("D major"), feel="grieving"), themes_of)
    assert plan.key == parse_key("D major")


# -- and is heard ------------------------------------------------------------------------------------------------------


def dissonance(score: Score) -> float:
    """Return the share of tense intervals in the chords, weighted by time."""
    tense = pairs = 0
    for span in score.harmony:
        for a, b in combinations(sorted(span.chord.classes), 2):
            pairs += span.duration
            tense += span.duration * ((b - a) % 12 in TENSE)
    return tense / pairs


@pytest.mark.parametrize("style", STYLES)
def test_the_dials_change_the_music(style: str, themes_of: Themes) -> None:
    def figures(**turned: float) -> tuple[float, float, float, float]:
        loud = dense = dark = rough = 0.0
        for seed in (1, 2):
            made = compose_brief(asked("daily", style, seconds=16.0, seed=seed, **turned), themes_of(style))
            played = [v for track in made.performance.tracks for v in track.velocity.tolist()]
            loud += sum(played) / len(played)
            dense += len(played)
            rough += dissonance(made.score)
            dark += brightness(made.score.plan.key.mode)
        return loud, dense, rough, dark

    still, wild = figures(arousal=0.05), figures(arousal=0.95)
    assert still[0] < wild[0] and 2 * still[1] < wild[1]
    assert figures(tension=0.0)[2] < figures(tension=0.9)[2]
    assert figures(valence=-0.9)[3] < figures(valence=0.9)[3]


@pytest.mark.parametrize("style", [entry.name for entry in list_names("style")])
def test_the_melody_lies_where_the_dials_put_it(style: str, themes_of: Themes) -> None:
    """The mean of the highest melody notes, half beat by half beat, over cues of four types."""

    def height(**turned: float) -> float:
        tops = []
        for seed, type_ in enumerate(("tender", "daily", "character", "battle")):
            score = compose_brief(asked(type_, style, seconds=14.0, seed=seed, **turned), themes_of(style)).score
            sung = [note for part in score.parts if part.role == "lead" for note in part.notes()]
            sounding = ([n.pitch for n in sung if n.onset <= tick < n.end] for tick in range(0, score.plan.length, 480))
            tops += [max(pitches) for pitches in sounding if pitches]
        return sum(tops) / len(tops)

    assert height(valence=-0.9, arousal=0.1) + 2 < height(valence=0.9, arousal=0.9)


@given(st.dictionaries(st.sampled_from("abcdef"), st.floats(40, 90), min_size=2), st.floats(-12, 12))
def test_the_choice_of_lead_follows_the_register_of_the_melody(means: dict[str, float], register: float) -> None:
    even = dict.fromkeys(means, 1.0)
    found = weights_by_register(even, means, register)
    assert weights_by_register(even, means, 0.0) == even
    order = sorted(means, key=lambda name: means[name] * register)
    assert rising([found[name] for name in order])
    assert all(exp(-MOST_LOG_FACTOR) - 1e-9 <= weight <= exp(MOST_LOG_FACTOR) + 1e-9 for weight in found.values())
