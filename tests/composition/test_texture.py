"""Accompaniment, percussion and treatments: patterns stay in their bars, accompaniment stays under the melody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuesmith.chance import stream
from cuesmith.composition.accompaniment.patterns import grouped_texture, leads_on, tokens, tokens_by_bar, varied_bar
from cuesmith.composition.melody.material import Material, material
from cuesmith.composition.melody.melody_writer import velocity_of
from cuesmith.composition.melody.treatments import DEVICES, varied, with_treatment_changes
from cuesmith.composition.melody.whole_tune import sung_bars, with_pauses
from cuesmith.cue.cue import Cue
from cuesmith.motif.model import Theme
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ
from cuesmith.score import chord_at
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.banks.themes import PLAIN
from cuesmith.specs.banks.treatments import DeviceName, Treatment
from cuesmith.specs.brief import ThemeForm

Composed = Callable[[str, str, int], Cue]
STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
METERS = (Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(5, 4), Meter(7, 8, (2, 2, 3)))
GUISES = (ThemeForm("theme", PLAIN), *(ThemeForm("theme", name, row=row) for name, row in load_banks().recipes.items()))
ALL = Treatment(about="every change", theme="pieces", device="none", steps=2, varied=True, spaced=True)
BARS = (1, 2, 3, 4, 5, 6, 8, 12, 16, 24)
PATTERNS = st.lists(st.sampled_from([".", "-", "x", "x!", "x~", "0", "b2"]), min_size=1, max_size=16).map(tuple)


@given(PATTERNS, st.integers(0, 64), st.integers(1, 24), st.booleans())
def test_tokens_fill_their_bar_and_no_more(pattern: tuple[str, ...], first: int, count: int, cyclic: bool) -> None:
    found = list(tokens(pattern, first, count, cyclic))
    for token in found:
        assert 0 <= token.step < token.step + token.steps <= count
        assert token.symbol not in (".", "-", "")
        assert token.accent in (-1, 0, 1)
    assert all(a.step + a.steps <= b.step for a, b in pairwise(found))
    written = [pattern[((first + i) if cyclic else i) % len(pattern)] for i in range(count)]
    assert [t.step for t in found] == [i for i, symbol in enumerate(written) if symbol not in (".", "-")]


@given(st.floats(0, 1), st.floats(0, 1))
def test_velocity_rises_with_energy(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 46 <= velocity_of(low) <= velocity_of(high) <= 106


@cache
def materials(meter: Meter, themes_of: Callable[[str], Mapping[str, Theme]]) -> tuple[tuple[int, Material], ...]:
    """What both themes are made into for sections of so many bars, plainly and under every recipe."""
    found = product(themes_of("symphonic").values(), BARS, GUISES)
    return tuple((bars, material(theme, meter, guise, theme.key, bars)) for theme, bars, guise in found)


@pytest.mark.grid(2)
@pytest.mark.parametrize("device", [name for name in DEVICES if name != "none"])
@pytest.mark.parametrize("meter", METERS, ids=str)
def test_treatments_stay_inside_their_section(
    device: DeviceName, meter: Meter, themes_of: Callable[[str], Mapping[str, Theme]]
) -> None:
    for bars, m in materials(meter, themes_of):
        pieces = DEVICES[device](m, bars, stream(bars, device), bars % 2)
        for chosen in (
            pieces,
            varied(pieces, stream(1)),
            with_pauses(DEVICES[device](m, sung_bars(bars), stream(bars, device), 0), m, bars),
            with_treatment_changes(pieces, ALL, stream(2)),
        ):
            for piece in chosen:
                assert piece.start >= 0
                assert piece.start + piece.motif.length <= bars * meter.bar_ticks, piece.ops
                assert piece.motif.meter.bar_ticks == meter.bar_ticks
                assert all(0 <= n.onset < n.end <= piece.motif.length for n in piece.motif.notes)
                assert all(a.onset < b.onset for a, b in pairwise(piece.motif.notes))
            assert all(a.start + a.motif.length <= b.start for a, b in pairwise(chosen))
        if bars >= 4 and device in ("statement", "restatement", "contrast", "chorus", "build", "fragments"):
            assert pieces


@pytest.mark.parametrize("bars", [2, 4, 8, 16])
def test_a_plain_statement_does_not_change_the_theme(bars: int, themes_of: Callable[[str], dict[str, Theme]]) -> None:
    theme = themes_of("synth")["hero"]
    m = material(theme, theme.melody.meter, GUISES[0], theme.key, bars)
    first = DEVICES["statement"](m, bars, stream(0), 0)[0]
    assert first.motif.notes[:3] == theme.motif.notes[:3]
    assert "inversion" not in first.ops


@pytest.mark.parametrize(("style", "type_"), tuple(product(STYLES, ("battle", "tender", "daily", "main_theme"))))
def test_the_lead_is_one_voice(style: str, type_: str, composed: Composed) -> None:
    """Leading players pass on one melody.

    Two play at once only where two themes meet or a recipe has several voices.
    """
    lead = sorted(
        note
        for part in composed(style, type_, 1).score.parts
        if part.role == "lead"
        for passage in part.passages
        if not passage.device.startswith("doubles")
        for note in passage.notes
    )
    assert lead
    assert all(a.onset < b.onset for a, b in pairwise(lead))
    assert sum(a.end > b.onset for a, b in pairwise(lead)) == 0


@pytest.mark.parametrize(("style", "type_"), tuple(product(STYLES, ("battle", "tender", "daily", "chase"))))
def test_the_bass_plays_chord_tones_and_is_the_lowest_part(style: str, type_: str, composed: Composed) -> None:
    """On the bar line the bass plays a chord tone, and it is the lowest pitched line of the ensemble."""
    score = composed(style, type_, 1).score
    basses = [part for part in score.parts if part.role == "bass"]
    on_bar = fitting = 0
    for part in basses:
        for note in part.notes():
            section = score.plan.section_at(note.onset)
            if (note.onset - section.start) % section.meter.bar_ticks == 0:
                on_bar += 1
                chord = chord_at(score.harmony, note.onset).chord
                fitting += note.pitch % 12 in (*chord.classes, chord.bass)
    if on_bar:
        assert fitting / on_bar >= 0.9
    if basses:
        mean = {part.id: sum(n.pitch for n in part.notes()) / sum(1 for _ in part.notes()) for part in score.parts}
        lowest = min(mean[part.id] for part in basses)
        others = [mean[p.id] for p in score.parts if p.role in ("lead", "counter", "pad", "ostinato") and not p.drums]
        assert lowest < min(others)


@pytest.mark.parametrize(("style", "type_"), tuple(product(STYLES, ("tender", "main_theme", "love"))))
def test_pads_hold_chord_tones(style: str, type_: str, composed: Composed) -> None:
    """Except for inner-voice figures, which are separate passages, and the suspensions that lead into them."""
    score = composed(style, type_, 2).score
    for part in score.parts:
        if part.role != "pad":
            continue
        for note in (n for p in part.passages if not p.device.startswith("inner") for n in p.notes):
            assert note.pitch % 12 in chord_at(score.harmony, note.onset).chord.classes, part.id


@pytest.mark.parametrize(("style", "type_"), tuple(product(STYLES, ("battle", "victory", "chase"))))
def test_percussion_keeps_the_grid_of_its_groove(style: str, type_: str, composed: Composed) -> None:
    score = composed(style, type_, 1).score
    onsets = [n.onset for part in score.parts if part.role == "pulse" for n in part.notes()]
    strokes = [onset for onset in onsets if not score.plan.section_at(onset).flow]
    assert strokes
    assert all(tick % (PPQ // 24) == 0 for tick in strokes), "sixteenths, triplets or finer, but on a grid"


@given(PATTERNS, st.sampled_from(["degree", "arpeggio", "chord", "motif"]), st.integers(0, 40), st.integers(1, 40))
def test_a_varied_bar_keeps_its_downbeat_and_its_bounds(
    pattern: tuple[str, ...], kind: str, bar: int, more: int
) -> None:
    """Every fourth bar and the last bar of a section differ; the others are the pattern as written."""
    bars = bar + more
    symbols = tuple("2" if kind == "arpeggio" and s not in (".", "-") else s for s in pattern)
    found = tuple(tokens(symbols, 0, 16, cyclic=True))
    changed = varied_bar(found, kind, bar, bars)
    if len(found) >= 2 and (bar % 4 == 3 or leads_on(bar, bars)):
        assert changed != found
        assert changed[0].step == found[0].step
    else:
        assert changed == found
    assert all(0 <= t.step < t.step + t.steps <= 16 for t in changed)
    assert all(a.step + a.steps <= b.step or a.step < b.step for a, b in pairwise(changed))


@pytest.mark.parametrize("style", STYLES)
def test_no_accompaniment_repeats_a_bar_for_long(style: str, composed: Composed) -> None:
    """More than four bars in a row with the same onsets and relative pitches are rare."""
    runs = long = 0
    for type_ in ("battle", "tender", "daily", "chase", "main_theme"):
        score = composed(style, type_, 1).score
        for part in score.parts:
            if part.role not in ("bass", "ostinato", "pad", "impact"):
                continue
            bars: dict[int, list[tuple[int, int]]] = {}
            for passage in part.passages:
                section = score.plan.sections[passage.section]
                for note in passage.notes:
                    bar, inside = divmod(note.onset - section.start, section.meter.bar_ticks)
                    bars.setdefault(section.first_bar + bar, []).append((inside, note.pitch))
            shapes = {bar: tuple((o, p - min(q for _, q in ns)) for o, p in sorted(ns)) for bar, ns in bars.items()}
            runs += 1
            run = 1
            for bar in sorted(shapes):
                same = len(shapes[bar]) > 1 and shapes.get(bar - 1) == shapes[bar]
                run = run + 1 if same else 1
                if run > 4:
                    long += 1
                    break
    assert runs > 10
    assert long <= 0.06 * runs


FELT = (Meter(4, 4), Meter(3, 4), Meter(2, 4), Meter(6, 8), Meter(12, 8), Meter(5, 4, (3, 2)), Meter(7, 8, (2, 2, 3)))


@pytest.mark.parametrize("meter", FELT, ids=str)
def test_no_figure_of_the_bank_is_a_loop_of_one_bar(meter: Meter) -> None:
    """Everything struck, plucked or blown on a grid changes in its fourth bar at the latest."""
    for name, texture in load_banks().textures.items():
        if texture.kind in ("sustain", "bass") or name.startswith("free_"):  # one gesture to a breath, in free meter
            continue
        bars = [found for _, found in tokens_by_bar(grouped_texture(texture, meter), meter, 16)]
        assert all(len(set(bars[at : at + 4])) > 1 for at in range(0, 16, 4)), name


@pytest.mark.parametrize("meter", [Meter(2, 4), Meter(6, 8), Meter(9, 8)], ids=str)
def test_a_chord_held_through_a_whole_bar_sounds_in_it(meter: Meter) -> None:
    """Where bars are shorter than the pattern, a bar in which a chord is only held is not silent."""
    texture = grouped_texture(load_banks().textures["breath_half"], meter)
    bars = [found for _, found in tokens_by_bar(texture, meter, 16)]
    steps = int(meter.bar_beats * texture.unit)
    for before, bar in pairwise(bars):
        assert bar or before[-1].step + before[-1].steps == 2 * steps
    assert bars[0]


def test_a_repeated_idea_is_transposed_and_returns(themes_of: Callable[[str], dict[str, Theme]]) -> None:
    for theme in themes_of("symphonic").values():
        m = material(theme, Meter(4, 4), GUISES[0], theme.key, 8)
        first, second, third = (DEVICES["fragments"](m, 8, stream(3), turn)[0].motif.notes for turn in range(3))
        assert first == third
        assert [n.onset for n in first] == [n.onset for n in second]
        assert len({b.step - a.step for a, b in zip(first, second, strict=True)} - {0}) == 1


@pytest.mark.parametrize("style", STYLES)
def test_a_loop_made_of_the_theme_ends_its_phrases(style: str, composed: Composed) -> None:
    """The theme as accompaniment is not a plain loop: of four bars in a row at least one is different."""
    score = composed(style, "battle", 1).score
    for part in score.parts:
        for passage in part.passages:
            if passage.device != "theme underneath":
                continue
            section = score.plan.sections[passage.section]
            starts = section.bar_ticks()
            bars = [
                tuple((n.onset - at, n.pitch) for n in passage.notes if at <= n.onset < at + section.meter.bar_ticks)
                for at in starts
            ]
            fours = (bars[at : at + 4] for at in range(0, len(bars) - 3, 4))
            assert all(len(set(four)) > 1 for four in fours if any(four))  # else he rests
