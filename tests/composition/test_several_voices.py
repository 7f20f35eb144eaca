"""Two themes in one cue: one after the other, in dialogue, or together without clashes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import pytest

from cuesmith.composition.melody.several_voices import strong_clashes
from cuesmith.cue.compose import compose_brief
from cuesmith.cue.cue import Cue
from cuesmith.motif.combine import MOST_CLASHES
from cuesmith.motif.identity import STATEMENT
from cuesmith.music.note import Note
from cuesmith.score import Passage
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import Brief, Meeting
from cuesmith.specs.load import load_style
from cuesmith.specs.show import ThemeSpec
from cuesmith.themes.make import make_themes

STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")


@pytest.fixture(scope="module")
def meeting_seeds(full: bool) -> range:
    return range(6 if full else 3)


@cache
def cue(style: str, type_: str, seed: int, meeting: Meeting | None = None) -> Cue:
    """Return a cue with two themes, of a hero and of a rival."""
    specs = {"hero": ThemeSpec(character="heroic"), "rival": ThemeSpec(character="menacing")}
    themes = make_themes(specs, load_style(style), load_banks(), f"meeting {seed}")
    brief = Brief(
        id="M-401", title="Confrontation", type=type_, style=style, seed=seed, themes=("hero", "rival"), meeting=meeting
    )
    return compose_brief(brief, themes)


def meeting_passages(made: Cue, op: str) -> Iterator[tuple[str, Passage]]:
    """Return (theme, passage) of the section in which the themes meet.

    Only passages with operations count; doublings do not.
    """
    score = made.score
    index = next((s.index for s in score.plan.sections if s.against), None)
    for part in score.parts:
        for passage in part.passages:
            said = passage.statement
            if passage.section != index or said is None or passage.device.startswith("doubles"):
                continue
            if not op or op in said.ops:
                yield said.theme, passage


def both(made: Cue) -> tuple[list[Note], list[Note]]:
    """Return the notes of both themes in the section where they meet."""
    told = list(meeting_passages(made, ""))
    hero, rival = (sorted(n for who, p in told for n in p.notes if who == name) for name in ("hero", "rival"))
    return hero, rival


@pytest.mark.parametrize("style", STYLES)
def test_in_counterpoint_both_sound_at_once_and_seldom_clash(style: str, meeting_seeds: range) -> None:
    at_once = 0
    for seed in meeting_seeds:
        made = cue(style, "battle", seed)
        if not list(meeting_passages(made, "counterpoint")):
            continue  # where they would clash they talk by turns
        hero, rival = both(made)
        section = next(s for s in made.score.plan.sections if s.against)
        assert strong_clashes(hero, rival, section.meter, section.start) <= MOST_CLASHES
        together = sum(any(m.onset < n.end and n.onset < m.end for m in rival) for n in hero)
        assert together >= 0.25 * len(hero)  # in a long section the rival rests between its phrases
        at_once += 1
    assert at_once >= len(meeting_seeds) // 2


@pytest.mark.parametrize("style", STYLES)
def test_in_dialogue_they_take_turns(style: str, meeting_seeds: range) -> None:
    heard = 0
    for seed in meeting_seeds:
        made = cue(style, "chase", seed, "dialogue")
        told = sorted(meeting_passages(made, "dialogue"), key=lambda item: item[1].notes[0].onset)
        if not told:
            continue
        heard += 1
        assert {who for who, _ in told} == {"hero", "rival"}
        for (_, first), (_, second) in pairwise(told):
            assert first.notes[-1].end <= second.notes[0].onset
    assert heard >= len(meeting_seeds) - 1


@pytest.mark.parametrize("meeting", ["succession", "dialogue", "counterpoint"])
@pytest.mark.parametrize("style", STYLES)
def test_both_themes_are_clearly_stated(style: str, meeting: Meeting) -> None:
    for type_ in ("battle", "setpiece"):
        statements = cue(style, type_, 1, meeting).score.statements()
        for name in ("hero", "rival"):
            assert max(s.identity for s in statements if s.theme == name) >= STATEMENT


def test_succession_never_puts_them_into_one_section() -> None:
    assert not any(s.against for s in cue("symphonic", "battle", 1, "succession").score.plan.sections)
