"""The plan of keys and tempi: neighbours are related but differ, and the show's key comes where it should."""

from __future__ import annotations

from itertools import pairwise, product

from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith.music.scale import Key
from cuesmith.plan.build import build_plan
from cuesmith.plan.model import Plan
from cuesmith.show.compose_show import briefs_of, show_themes
from cuesmith.show.key_plan import NEAR_BPM, KeyChoice, anchors, distance, key_plan, tempo_plan
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import Brief
from cuesmith.specs.load import load_style
from cuesmith.specs.show import AlbumSpec, CueSpec, Show, ThemeSpec

TONICS = st.integers(0, 11)
keys = st.builds(Key, TONICS, st.sampled_from(["ionian", "aeolian", "dorian"]))
choices = st.builds(KeyChoice, keys, st.frozensets(TONICS, max_size=6), st.booleans(), st.booleans())
free = st.builds(KeyChoice, keys, st.frozensets(TONICS, max_size=6))
TYPES = ("main_theme", "daily", "tender", "suspense", "battle", "sad", "ambient", "chase", "victory", "suite")


@settings(max_examples=60, deadline=None)
@given(st.lists(choices, max_size=14), TONICS)
def test_fixed_keys_and_all_modes_stay(tracks: list[KeyChoice], home: int) -> None:
    found = key_plan(tracks, home)
    assert [key.mode for key in found] == [track.own.mode for track in tracks]
    assert all(key == track.own for key, track in zip(found, tracks, strict=True) if track.fixed)


@settings(max_examples=60, deadline=None)
@given(st.lists(free, min_size=6, max_size=16), TONICS)
def test_free_neighbours_are_related_and_unlike(tracks: list[KeyChoice], home: int) -> None:
    found = key_plan(tracks, home)
    for before, after in pairwise(found):
        assert before != after
        assert (after.tonic - before.tonic) % 12 != 6
    away = sum(found[at].tonic != home for at in anchors(len(found)))
    assert away <= 1, "one of the three may give way where keeping it would move many tracks"


@settings(max_examples=10, deadline=None)
@given(st.lists(choices, min_size=3, max_size=3), TONICS)
def test_the_plan_is_the_best_one(tracks: list[KeyChoice], home: int) -> None:
    """No other choice for three tracks has fewer clashes of the same kind."""

    def worst(way: tuple[Key, ...]) -> float:
        return sum(distance(a, b) >= 6 for a, b in pairwise(way))

    every = product(*([t.own] if t.fixed else [Key(n, t.own.mode) for n in range(12)] for t in tracks))
    assert worst(key_plan(tracks, home)) <= min(map(worst, every)) + sum(t.settled for t in tracks)


@settings(max_examples=60)
@given(st.lists(st.floats(50, 180), max_size=16))
def test_tempi_of_neighbours_differ(own: list[float]) -> None:
    tracks = [[bpm, bpm * 0.82, bpm * 1.2] for bpm in own]
    chosen = tempo_plan(tracks)
    found = [tempi[index] for tempi, index in zip(tracks, chosen, strict=True)]
    assert all(abs(a - b) >= NEAR_BPM for a, b in pairwise(found))
    unlike = all(abs(a - b) >= NEAR_BPM for a, b in pairwise(own))
    assert not unlike or not any(chosen), "nothing moves that stands well"


def plans(seed: int, style: str, album: AlbumSpec) -> list[tuple[Brief, Plan]]:
    cues = tuple(CueSpec(id=f"M-{100 + n}", type=type_, seconds=80) for n, type_ in enumerate(TYPES))
    show = Show(
        title="Keys", seed=seed, style=style, themes={"hero": ThemeSpec(character="noble")}, cues=cues, album=album
    )
    themes = show_themes(show)
    return [(b, build_plan(b, load_style(b.style), themes, load_banks())) for b in briefs_of(show, themes)]


def test_a_show_is_planned_as_it_asks() -> None:
    for seed, style in ((1, "symphonic"), (2, "jazz-rock"), (3, "gothic"), (4, "synth")):
        planned = plans(seed, style, AlbumSpec(keys="auto"))
        assert [brief.type for brief, _ in planned] == list(TYPES), "the order is the file's"
        found = [plan.key for _, plan in planned]
        assert all(a != b and (b.tonic - a.tonic) % 12 != 6 for a, b in pairwise(found))
        assert found[0].tonic == found[-1].tonic
        paces = [plan.tempo.bpm(0) for _, plan in planned]
        assert sum(abs(a - b) < 8 for a, b in pairwise(paces)) <= 1
        alone = plans(seed, style, AlbumSpec())
        assert all(brief.key is None and brief.tempo_bpm is None for brief, _ in alone)


def test_what_is_asked_for_is_not_moved() -> None:
    asked = Show(
        title="Asked", seed=3, themes={"hero": ThemeSpec(character="noble")}, album=AlbumSpec(keys="auto"),
        cues=(
            CueSpec(id="M-1", type="battle", key="F# minor", tempo=140),
            CueSpec(id="M-2", type="sad", key="C minor", tempo=62),
            CueSpec(id="M-3", type="daily", chords="IVM7 V7 iii7 vi7"),
        ),
    )  # fmt: skip
    first, second, third = briefs_of(asked, show_themes(asked))
    assert (first.key, first.tempo_bpm) == (Key(6, "aeolian"), 140)
    assert (second.key, second.tempo_bpm) == (Key(0, "aeolian"), 62)
    assert third.key is None
