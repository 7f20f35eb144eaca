"""Devices of codas: laws of the laid-out tune, and what is heard at the end of finished cues."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import pytest
from tests.conftest import Composed, Seeds

from cuesmith.chance import stream
from cuesmith.composition.melody.codas import CLOSED, CODA_DEVICES, OPEN, coda_pieces
from cuesmith.composition.melody.material import material
from cuesmith.cue.cue import Cue
from cuesmith.motif.model import MotifNote, Theme
from cuesmith.music.meter import parse_meter
from cuesmith.music.note import Note
from cuesmith.music.scale import Key
from cuesmith.score import chord_at
from cuesmith.specs.banks.codas import CodaDeviceName
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import ThemeForm

STYLES = ("jazz-rock", "symphonic", "synth", "taiko-koto")
TYPES = tuple(load_banks().cue_types)
METERS = ("4/4", "3/4", "6/8", "7/8(2+2+3)", "2/4", "12/8")
NO_LED = {"pickup"}  # its upbeat leaps from the fifth
HELD = {"dissolving"}  # of the last form only one note is left; it may be the tonic already
Themes = Callable[[str], Mapping[str, Theme]]


def laid_out(
    theme: Theme, meter: str, bars: int, device: CodaDeviceName, *, is_open: bool, seed: int = 1
) -> tuple[list[MotifNote], int]:
    """Return the notes of a coda in order, and the ticks of a bar."""
    in_meter = parse_meter(meter)
    m = material(theme, in_meter, ThemeForm(theme.name, "plain"), Key(0, theme.key.mode), bars)
    pieces = coda_pieces(m, bars, in_meter.bar_ticks, device, stream(seed, "test"), is_open=is_open)
    notes = [note._replace(onset=note.onset + piece.start) for piece in pieces for note in piece.motif.notes]
    return sorted(notes), in_meter.bar_ticks


@pytest.mark.parametrize("meter", METERS)
@pytest.mark.parametrize("device", CODA_DEVICES)
def test_the_tune_ends_on_the_last_bar_line_on_its_goal(device: CodaDeviceName, meter: str, themes_of: Themes) -> None:
    """In every meter and length: one voice, inside the coda, and a last note that lasts a bar on a step of `Ends`."""
    shortest = 4 if device == "two_closes" else 2
    for style in STYLES:
        for theme in themes_of(style).values():
            for bars in range(shortest, 10):
                for is_open in (False, True):
                    notes, bar = laid_out(theme, meter, bars, device, is_open=is_open)
                    assert notes[-1][:2] == ((bars - 1) * bar, bar)
                    assert notes[-1].step % 7 in (OPEN if is_open else CLOSED)
                    assert notes[0].onset >= 0
                    assert all(a.onset < b.onset and a.end <= b.onset for a, b in pairwise(notes)), (bars, notes)


@pytest.mark.parametrize("device", CODA_DEVICES)
def test_the_last_note_is_reached_by_step(device: CodaDeviceName, themes_of: Themes) -> None:
    if device in NO_LED:
        return
    for style in STYLES:
        for theme in themes_of(style).values():
            for bars in range(4, 9):
                before, last = laid_out(theme, "4/4", bars, device, is_open=False)[0][-2:]
                assert abs(last.step - before.step) == 1 or (device in HELD and abs(last.step - before.step) <= 4)


def test_a_rising_line_rises_and_a_falling_line_falls(themes_of: Themes) -> None:
    """The one ends a fifth at most below its highest note, the other a fifth at most above its lowest."""
    for theme in themes_of("symphonic").values():
        up, down = (
            [n.step for n in laid_out(theme, "4/4", 5, device, is_open=False)[0]]
            for device in ("rising_line", "falling_line")
        )
        assert up[-1] >= max(up) - 4 and up[-1] >= up[0]
        assert down[-1] <= min(down) + 4 and down[-1] <= down[0]


# -- finished cues ---------------------------------------------------------------------------------------------------


def tune(cue: Cue) -> list[Note]:
    """Return the notes of all who lead, in order, without doublings."""
    parts = [part for part in cue.score.parts if part.role in ("lead", "guide") and not part.doubles]
    return sorted(note for part in parts for note in part.notes())


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize("style", STYLES)
def test_the_tune_ends_on_the_tonic_or_the_coda_is_open(
    style: str, type_: str, composed: Composed, seeds: Seeds
) -> None:
    """Where the last chord has the tonic; in endings that fade, the tune may have stopped before."""
    for seed in seeds:
        cue = composed(style, type_, seed)
        plan = cue.score.plan
        if not plan.coda or plan.ending in ("loop", "attacca", "ma_stop", "fade"):
            continue
        last = tune(cue)[-1]
        tonic, chord = plan.sections[-1].key.tonic, chord_at(cue.score.harmony, last.onset).chord
        told = cue.explain()
        assert (told["coda"], told["open"]) == (plan.coda, plan.coda_row is not None and plan.coda_row.open)
        if told["open"]:
            assert last.pitch % 12 != tonic and last.pitch % 12 in chord.classes
        else:
            assert last.pitch % 12 == tonic


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize("style", STYLES)
def test_somebody_plays_the_last_hit_and_nothing_begins_after_the_end(
    style: str, type_: str, composed: Composed, seeds: Seeds
) -> None:
    for seed in seeds:
        score = composed(style, type_, seed).score
        plan = score.plan
        onsets = [note.onset for part in score.parts for note in part.notes()]
        assert max(onsets) < plan.length
        if plan.coda and plan.ending in ("button", "ring", "allargando", "unresolved"):
            assert plan.sections[-1].bar_ticks()[-1] in onsets


def test_before_a_stop_only_the_tune_plays(composed: Composed) -> None:
    """In the beats before the last chord of such a coda no other part begins a note."""
    stopped = 0
    for type_ in ("battle", "comedy", "march", "chase", "training", "main_theme", "victory"):
        for seed in (1, 2, 3, 4):
            cue = composed("symphonic", type_, seed)
            plan = cue.score.plan
            if plan.coda_row is None or not plan.coda_row.stop_beats:
                continue
            stopped += 1
            end = plan.sections[-1].bar_ticks()[-1]
            start = end - round(plan.coda_row.stop_beats * 960)
            heard = {
                p.role for p in cue.score.parts if not p.doubles and any(start <= n.onset < end for n in p.notes())
            }
            assert heard <= {"lead", "colour"}, (type_, seed)
    assert stopped >= 2
