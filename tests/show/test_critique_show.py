"""The rules about a whole show, on a small show that is changed until it breaks each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

import pytest

from cuesmith.cue.cue import Cue
from cuesmith.music.meter import Meter
from cuesmith.music.scale import Key
from cuesmith.music.tempo import constant_tempo
from cuesmith.score import Statement
from cuesmith.show.compose_show import CueSet, compose_show
from cuesmith.show.critique_show import CHECKS, critique_show
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.show import CueSpec, Show, ThemeSpec

Bend = Callable[[Cue], Cue]
BANKS = load_banks()


@cache
def small() -> CueSet:
    """Four cues, one with a variant, one of them a suite."""
    return compose_show(
        Show(
            title="Small", seed=3,
            themes={"hero": ThemeSpec(character="heroic"), "home": ThemeSpec(character="tender")},
            cues=(
                CueSpec(id="M-201", type="tender", themes=("home",), seconds=40, key="G major", variants=("B",)),
                CueSpec(id="M-401", type="battle", themes=("hero",), seconds=40, key="D minor"),
                CueSpec(id="M-501", type="eyecatch", themes=("hero",), seconds=5),
                CueSpec(id="M-901", type="suite", themes=("hero", "home"), seconds=120),
            ),
        )
    )  # fmt: skip


def bent(id_: str, bend: Bend) -> CueSet:
    """Return the small show with one cue changed."""
    made = small()
    return replace(made, cues=tuple(bend(cue) if cue.brief.id == id_ else cue for cue in made.cues))


def all_bent(bend: Bend) -> CueSet:
    made = small()
    return replace(made, cues=tuple(bend(cue) for cue in made.cues))


def in_key(key: Key) -> Bend:
    def bend(cue: Cue) -> Cue:
        plan = cue.score.plan
        sections = tuple(replace(section, key=key) for section in plan.sections)
        return replace(cue, score=replace(cue.score, plan=replace(plan, sections=sections)))

    return bend


def at_tempo(bpm: float) -> Bend:
    def bend(cue: Cue) -> Cue:
        return replace(cue, score=replace(cue.score, plan=replace(cue.score.plan, tempo=constant_tempo(bpm))))

    return bend


def in_meter(meter: Meter) -> Bend:
    def bend(cue: Cue) -> Cue:
        plan = cue.score.plan
        sections = tuple(replace(section, meter=meter) for section in plan.sections)
        return replace(cue, score=replace(cue.score, plan=replace(plan, sections=sections)))

    return bend


def stating(*found: tuple[str, tuple[str, ...], float]) -> Bend:
    """Return the cue with exactly these statements (theme, operations, identity)."""

    def bend(cue: Cue) -> Cue:
        first = cue.score.parts[0]
        kept = [replace(p, passages=tuple(replace(x, statement=None) for x in p.passages)) for p in cue.score.parts[1:]]
        passages = tuple(
            replace(first.passages[0], statement=Statement(theme, ops, identity, 0, 960, "A"))
            for theme, ops, identity in found
        )
        plain = tuple(replace(x, statement=None) for x in first.passages)
        return replace(cue, score=replace(cue.score, parts=(replace(first, passages=(*plain, *passages)), *kept)))

    return bend


def same_music(cue: Cue) -> Cue:
    source = next(c for c in small().cues if c.brief.id == "M-401")
    return replace(cue, score=replace(source.score, plan=replace(source.score.plan, brief=cue.brief)))


def never_together(cue: Cue) -> Cue:
    """Return the cue with every statement in a section named after its theme."""
    parts = tuple(
        replace(part, passages=tuple(
            replace(p, statement=p.statement and replace(p.statement, section=p.statement.theme)) for p in part.passages
        ))
        for part in cue.score.parts
    )  # fmt: skip
    return replace(cue, score=replace(cue.score, parts=parts))


D, G_MINOR = Key(2, "ionian"), Key(7, "aeolian")
FEW: Mapping[str, float] = {"cues": 2}


def _twins() -> CueSet:
    made = small()
    return replace(made, themes={"a": made.themes["hero"], "b": made.themes["hero"]})


BROKEN: tuple[tuple[str, Callable[[], CueSet], Mapping[str, float]], ...] = (
    ("Q71", _twins, {}),
    ("Q81", lambda: all_bent(stating(("home", (), 1.0))), FEW),
    ("Q81", lambda: all_bent(stating(("hero", ("inversion",), 1.0))), {**FEW, "first_most": 1}),
    ("Q82", lambda: all_bent(lambda cue: at_tempo(90)(in_key(D)(cue))), {}),
    ("Q83", lambda: all_bent(at_tempo(90)), FEW),
    ("Q84", lambda: all_bent(in_meter(Meter(4, 4))), FEW),
    ("Q84", lambda: all_bent(in_meter(Meter(3, 4))), FEW),
    ("Q85", lambda: all_bent(in_key(D)), FEW),
    ("Q85", lambda: all_bent(in_key(G_MINOR)), FEW),
    ("Q86", lambda: all_bent(same_music), {}),
    ("Q88", lambda: bent("M-201B", at_tempo(91)), {}),
    ("Q88", lambda: bent("M-201B", in_meter(Meter(5, 8))), {}),
    ("Q89", lambda: bent("M-901", stating(("hero", (), 1.0))), {}),
    ("Q89", lambda: bent("M-901", at_tempo(90)), {}),
    ("Q89", lambda: bent("M-901", in_key(D)), {}),
    ("Q89", lambda: bent("M-901", never_together), {"zones": 1, "keys": 1}),
    ("Q90", lambda: bent("M-501", stating(("hero", (), 0.5))), {}),
)


@pytest.mark.parametrize(("rule", "make", "limits"), BROKEN, ids=[f"{r}-{i}" for i, (r, *_) in enumerate(BROKEN)])
def test_a_changed_show_breaks_the_rule(rule: str, make: Callable[[], CueSet], limits: Mapping[str, float]) -> None:
    assert list(CHECKS[rule](make(), {**BANKS.rules[rule].limits, **limits}, BANKS))


KEPT: tuple[tuple[str, Callable[[], CueSet]], ...] = (
    ("Q71", small),
    ("Q81", small),
    ("Q82", small),
    ("Q83", small),
    ("Q84", small),
    ("Q85", small),
    ("Q86", small),
    ("Q88", small),
    ("Q90", small),
)


@pytest.mark.parametrize(("rule", "make"), KEPT, ids=[rule for rule, _ in KEPT])
def test_the_small_show_keeps_the_rule(rule: str, make: Callable[[], CueSet]) -> None:
    assert list(CHECKS[rule](make(), BANKS.rules[rule].limits, BANKS)) == []


def test_a_suite_that_keeps_its_rule() -> None:
    limits = {**BANKS.rules["Q89"].limits, "zones": 1, "keys": 1}
    assert list(CHECKS["Q89"](small(), limits, BANKS)) == []


def test_every_rule_of_the_set_is_tested() -> None:
    assert {rule for rule, *_ in BROKEN} == set(CHECKS)


def test_a_show_is_judged_cue_by_cue_and_as_a_whole() -> None:
    judged = critique_show(small(), BANKS)
    assert [report.id for report in judged.cues] == [cue.brief.id for cue in small().cues]
    assert set(judged.whole.checked) == set(CHECKS)
    assert judged.passed == (judged.whole.passed and all(report.passed for report in judged.cues))
