"""Every rule on two tiny passages: one that breaks it and one that keeps it."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from cuesmith.critic.critique import CHECKS
from cuesmith.critic.view import View
from cuesmith.specs.banks.library import load_banks

from .passages import P, S, view

BANKS = load_banks()
RISE = "C4:1 D4:1 E4:1 F4:1 "
TUNE = "C4:1 D4:1 E4:1 G4:1 A4:1 G4:1 E4:1 r:1 "
MINYO = BANKS.scales["minyo"]
VAMP = "C3:.5 E3:.5 G3:.5 C3:.5 E3:.5 G3:.5 C3:.5 E3:.5 "


class Case(NamedTuple):
    """A rule, a passage that breaks it, and one that keeps it. `contexts` decide which limits apply."""

    rule: str
    broken: View
    kept: View
    contexts: tuple[str, ...] = ()


def lead(text: str, **more: object) -> View:
    """Return a melody alone."""
    return view(P("lead", text, "violin"), **more)  # type: ignore[arg-type]  # passed on as they come


def pair(melody: str, other: P, **more: object) -> View:
    """Return a melody and one more part."""
    return view(P("lead", melody, "violin"), other, **more)  # type: ignore[arg-type]  # passed on as they come


def ends(text: str, ending: str) -> View:
    return view(P("pad", text, "strings"), ending=ending, bars=2)


def band(*events: tuple[int, str, float, float, int], **more: object) -> View:
    """Return three melodies and drums in two sections of eight bars; only their events are known, not their notes."""
    leads = [P("lead", TUNE, name) for name in ("violin", "flute", "horn")]
    sections = [S(8), S(8, name="B")]
    return view(*leads, P("pulse", "#36:1"), sections=sections, events=events, **more)  # type: ignore[arg-type]  # as above


def blend(first: str, second: str, level_db: float) -> View:
    """Return a melody and a part that doubles it."""
    return view(P("lead", TUNE, first), P("lead", TUNE, second, level_db, doubling=True), sections=[S(2)],
                events=[(0, "tune", 0, 8, 0), (1, "doubles lead0", 0, 8, 0)])  # fmt: skip


CASES = (
    # themes
    Case("Q01", lead(TUNE * 2, statements=[(0, 2, 0.9, ())]), lead(TUNE * 2, statements=[(0, 8, 0.5, ())])),
    Case("Q02", lead(TUNE * 6, statements=[(0, 8, 0.9, ())]),
         lead(TUNE * 6, statements=[(0, 8, 0.9, ()), (16, 24, 0.7, ())])),
    Case("Q02", lead(TUNE * 6, statements=[(24, 32, 0.9, ()), (32, 40, 0.9, ())]),
         lead(TUNE * 6, statements=[(0, 8, 0.9, ()), (8, 16, 0.8, ())])),
    Case("Q70", lead("C4:1 C4:1 G4:1 G4:1 A4:1 A4:1 G4:2 F4:1 F4:1 E4:1 E4:1 D4:1 D4:1 C4:2"), lead(TUNE * 2)),
    Case("Q72", lead(TUNE * 16, statements=[(8 * i, 8 * i + 8, 1, ()) for i in range(8)]),
         lead(TUNE * 16, statements=[(8 * i, 8 * i + 8, 1, ((), ("sequence",), ("inversion",))[i % 3])
                                     for i in range(9)])),
    # melody
    Case("Q20", lead("C4:1 A4:1 B4:1 r:2 " * 8), lead("C4:1 A4:1 G4:1 r:2 " * 8)),
    Case("Q21", lead("C4:1 F4:1 B4:1 r:2 " * 4), lead("C4:1 G4:1 C5:1 r:2 " * 4)),
    Case("Q22", lead("C4:1 E4:1 G4:1 C5:1 G4:1 E4:1 " * 3), lead("C4:1 D4:1 E4:1 G4:1 F4:1 D4:1 E4:1 " * 3)),
    Case("Q22", lead("C4:1 D4:1 C4:1 D4:1 " * 4), lead("C4:1 D4:1 E4:1 G4:1 F4:1 D4:1 E4:1 " * 3)),
    Case("Q22", lead("C4:1 C4:1 D4:1 C4:1 C4:1 G4:1 G4:1 F4:1 " * 2), lead("C4:1 D4:1 E4:1 G4:1 F4:1 D4:1 E4:1 " * 3)),
    Case("Q22", lead("F4:1 B4:1 C5:1 G4:1 A4:1 F4:1 " * 3), lead("C4:1 D4:1 E4:1 G4:1 F4:1 D4:1 E4:1 " * 3)),
    Case("Q23", lead("C4:1 G4:1 C5:1 F5:1 " * 2), lead(RISE + "G4:2 E4:2")),
    Case("Q23", lead("C4:1 D4:1 C4:1 D4:1 " * 3), lead(RISE + "G4:2 E4:2")),
    Case("Q23", lead(RISE * 4 + "r:16 F6:4"), lead(RISE * 4 + "r:16 F5:4")),
    Case("Q24", lead("A5:1 G5:1 E5:1 C5:1 " + RISE * 24), lead(RISE * 15 + "E4:1 A4:1 G4:1 C4:1 " + RISE * 8)),
    Case("Q24", lead((RISE * 3 + "E4:1 A4:1 G4:1 C4:1 ") * 6), lead(RISE * 15 + "E4:1 A4:1 G4:1 C4:1 " + RISE * 8)),
    Case("Q26", lead(RISE * 16), lead((RISE * 3 + "E4:1 D4:1 C4:2 ") * 4)),
    Case("Q26", lead(RISE * 16), lead((RISE * 3 + "E4:1 D4:1 C4:1 r:1 ") * 4)),
    Case("Q27", lead(RISE * 4), lead(("C4:1 D4:1 E4:1 r:1 ") * 5)),
    Case("Q27", lead("C4:1 r:3 " * 13), lead(("C4:1 D4:1 E4:1 r:1 ") * 5)),
    Case("Q27", lead(("C4:1 D4:1 E4:1 F4:1 r:0.5 ") * 5, dialogue_safe=True),
         lead("C4:1 D4:1 r:1.5 " * 6, dialogue_safe=True)),
    Case("Q50", lead("A4:1 C5:2 " * 8, key="A minor", scale=MINYO), lead("C5:1 A4:2 " * 8, key="A minor", scale=MINYO)),
    Case("Q50", lead("B4:1 A4:2 " * 8, key="A minor", scale=MINYO), lead("C5:1 A4:2 " * 8, key="A minor", scale=MINYO)),
    Case("Q73", lead(TUNE * 9),
         view(P("lead", TUNE * 4, "violin"), P("lead", "r:8 " * 4 + TUNE * 4, "flute"))),
    # harmony
    Case("Q11", lead("F4:2 C#4:2 " * 8), lead("E4:2 D4:2 " * 8)),
    Case("Q11r", lead("F4:2 A4:2 " * 8), lead("F4:2 E4:2 " * 8)),
    Case("Q12", pair("Db5:2", P("bass", "C2:4", "cello")), pair("Db5:.5 C5:1.5", P("bass", "C2:4", "cello"))),
    Case("Q12", pair("B4:2", P("bass", "C2:4", "cello"), chords="i:4", key="C minor"),
         pair("B4:2", P("bass", "C2:4", "cello"), chords="I:4")),
    Case("Q12", pair("F4:4", P("bass", "E2:4", "cello")),
         pair("F4:8", P("bass", "E2:8", "cello"), key="E phrygian", bars=2)),
    Case("Q14", pair(RISE, P("bass", "F2:4 A2:4 F2:4 F#2:4", "cello"), chords="I:16"),
         pair(RISE, P("bass", "C2:4 E2:4 G2:4 C2:4", "cello"), chords="I:16")),
    Case("Q16", lead("C4:1 C#4:1 D#4:1 F#4:1 " * 3), lead(TUNE * 2)),
    Case("Q41", view(chords="I:4@half IV:4@half V:4@half I:4@half"),
         view(chords="I:4@half IV:4@half V:4@half I:4@full")),
    Case("Q42", lead(RISE, chords="IV:16 V:16", bars=8), lead(RISE, chords="I:8 IV:8 V:16", bars=8)),
    Case("Q42", lead(RISE, chords="I:16 V:16", bars=8), lead(RISE, chords="I:8 IV:8 V:16", bars=8)),
    Case("Q43", lead(RISE, chords="I:16 IV:16 V:16 I:16", bars=16),
         lead(RISE, chords="I:16 iv:16 V:8 bVII:8 I:16", bars=16)),
    Case("Q46", lead("C4:4 E4:4 G4:4 E4:4 " * 4), lead(("D4:2 C4:2 E4:4 G4:4 E4:4 ") * 4, chords="I:64")),
    Case("Q46", lead("D4:2 C4:2 " * 16, chords="I:64"), lead(("D4:2 C4:2 E4:4 G4:4 E4:4 ") * 4, chords="I:64")),
    Case("Q53", view(chords="I:4 IV:4 V:4 " * 2), view(chords="IM7:4 IVM7:4 V7:4 " * 2)),
    # voices
    Case("Q09", view(P("pad", "C2+E2:4", "strings")), view(P("pad", "C2+G2+E3:4", "strings"))),
    Case("Q13", view(P("pad", "C4+D4+E4+F4+G4+A4+B4+C#5:4", "strings")),
         view(P("pad", "C4+D4+E4+F4+G4+A4+B4:4", "strings"))),
    Case("Q13", view(P("pad", "E4:4", "strings"), P("counter", "F4:4", "cello")),
         view(P("pad", "E4:4", "strings"), P("counter", "E4:.5 F4:.5 E4:3", "cello"))),
    Case("Q18", pair("E4:4 F4:4 " * 4, P("bass", "A2:4 Bb2:4 " * 4, "cello"), chords="I:4 IV:4 " * 4),
         pair("E4:4 F4:4 " * 4, P("bass", "C3:4 A2:4 " * 4, "cello"), chords="I:4 IV:4 " * 4)),
    Case("Q19", pair("C4:4 F4:4 " * 8, P("bass", "C3:4 E3:4 " * 8, "cello"), chords="I:4 IV:4 " * 8),
         pair("C4:4 F4:4 " * 8, P("bass", "C3:4 A2:4 " * 8, "cello"), chords="I:4 IV:4 " * 8)),
    Case("Q35", pair(RISE * 4, P("counter", "C3:1 " * 16, "cello")),
         pair("C4:2 " * 8, P("counter", "r:1 C3:2 " * 8, "cello"))),
    Case("Q35", pair("C4:4 " * 6, P("counter", "r:1 C5:2 " * 8, "cello")),
         pair("C4:4 " * 6, P("counter", "r:1 C3:2 " * 8, "cello"))),
    Case("Q44", view(P("pad", "C3+E3+G3:4 A3+C4+F4:4 " * 4, "strings"), chords="I:4 IV:4 " * 4),
         view(P("pad", "C4+E4+G4:4 C4+F4+A4:4 " * 4, "strings"), chords="I:4 IV:4 " * 4)),
    Case("Q45", view(P("pad", "G3+B3+F4:4 C4+G4:4 " * 4, "strings"), chords="V7:4 I:4 " * 4),
         view(P("pad", "G3+B3+F4:4 G3+C4+E4:4 " * 4, "strings"), chords="V7:4 I:4 " * 4)),
    Case("Q47", view(P("bass", "C2:1 B2:1 " * 8, "cello")), view(P("bass", "C2:1 D2:1 F2:1 G2:1 " * 4, "cello"))),
    Case("Q49", view(P("pad", "C3+C5:16", "strings"), sections=[S(4, level=4)]),
         view(P("pad", "C3+G3+E4+C5:16", "strings"), sections=[S(4, level=4)])),
    Case("X01", view(P("pad", "E4:4", "strings"), P("counter", "F5:4", "violin")),
         view(P("pad", "E4:4", "strings"), P("counter", "D5:4", "violin"))),
    Case("X01", view(P("pad", "B3+C4:4", "strings"), chords="I:4"),
         view(P("pad", "B3+C4:4", "strings"), chords="IM7:4")),
    Case("X01", view(P("pad", "E4:4", "strings"), P("lead", "F5:1 G5:3", "violin")),  # an accent, a passing note
         view(P("pad", "E4:4", "strings"), P("lead", "G5:1 F5:1 E5:2", "violin"))),
    Case("X01", view(P("pad", "E4:8", "strings"), P("impact", "r:3.5 F5:.5 D5:4", "violin"), chords="I:4 V:4"),
         view(P("pad", "E4:4 D4:4", "strings"), P("impact", "r:3.5 F5:4.5", "violin"), chords="I:4 V7:4")),
    # form
    Case("Q06", lead(RISE, asked_sec=3), lead(RISE, asked_sec=2)),
    Case("Q07", ends("C4:4 C4:1 C4:.5", "button"), ends("C4:4 C4:.5", "button")),
    Case("Q07", ends("C4:4 C4:2", "button"), ends("C4:4 C4:.5", "button")),
    Case("Q07", ends("C4:4", "button"), ends("C4:4 C4:.5", "button")),
    Case("Q07", ends("C4:4 C4:5", "loop"), ends("C4:4 C4:4", "loop")),
    Case("Q08", lead("C4:4 r:8 C4:4"), lead("C4:4 r:4 C4:4")),
    Case("Q08", lead("C4:4 r:8 C4:4"), lead("C4:4 r:8 C4:4", sections=[S(1), S(2, "break"), S(1)])),
    Case("Q25", view(P("pad", "C4:4@110 " * 4 + "C4:4@60 " * 12, "strings"), sections=[S(4), S(4), S(8)]),
         view(P("pad", "C4:4@60 " * 10 + "C4:4@110 " * 2 + "C4:4@60 " * 4, "strings"),
              sections=[S(4), S(6), S(2), S(4)])),
    Case("Q25", view(P("pad", "C4:4@80 " * 10 + "C4:4@84 " * 2 + "C4:4@80 " * 4, "strings"),
         sections=[S(4), S(6), S(2), S(4)]),
         view(P("pad", "C4:4@60 " * 10 + "C4:4@110 " * 2 + "C4:4@60 " * 4, "strings"),
              sections=[S(4), S(6), S(2), S(4)])),
    Case("Q29", lead(TUNE * 4, sections=[S(4), S(4)]),
         view(P("lead", TUNE * 2 + "C5:.5 D5:.5 " * 16, "violin"), sections=[S(4), S(4)])),
    Case("Q29", view(P("lead", TUNE * 6, "violin"), P("pad", "r:8 C3:.5 r:15.5 C3:.5 r:15.5 C3:8", "strings"),
                     sections=[S(2), S(2), S(2), S(2), S(2)], bars=12),
         view(*(P("lead", "r:8 " * i + TUNE, "violin") for i in range(5)), sections=[S(2)] * 5)),
    Case("Q30", lead(TUNE * 9, sections=[S(6)] * 3), lead(TUNE * 6 + "C5:.5 D5:.5 " * 24, sections=[S(6)] * 3)),
    Case("Q56", lead(RISE * 8, tempi={0: 120, 2: 140}, sections=[S(8)]),
         lead(RISE * 8, tempi={0: 120, 2: 126}, sections=[S(8)])),
    Case("Q76", lead("r:2 " + "C4:4 " * 8), lead("C4:4 " * 8)),
    Case("Q79", lead("C4:1 r:3 " * 12), lead("C4:4 " * 12)),
    Case("Q80", lead("C4:1 " * 120),
         view(P("lead", "C4:1 " * 120, "violin"), P("pad", "r:40 C3:4 r:36 C3:4 r:30", "strings"))),
    # rhythm
    Case("Q31", view(P("ostinato", VAMP * 5)), view(P("ostinato", VAMP * 4 + "G3:1 F3:1 E3:1 D3:1 " + VAMP * 3))),
    Case("Q32", view(P("ostinato", "C4:1 " * 4), P("ostinato", "r:.5 C4:1 D4:1 E4:1.5"),
         P("impact", "r:.25 C3:.75 r:.75 C3:2.25"),
                     P("lead", "r:.75 C5:.5 r:.5 C5:2.25")),
         view(P("ostinato", "C4:1 " * 4), P("ostinato", "C4:1 " * 4), P("impact", "C3:.5 " * 8),
              P("lead", "C5:2 D5:2"))),
    Case("Q36", view(P("bass", "C2:1 " * 16, "finger_bass"), P("pulse", "r:.5 #36:1 " + "#36:1 " * 14)),
         view(P("bass", "C2:1 " * 16, "finger_bass"), P("pulse", "#36:1 " * 16))),
    Case("Q37", view(P("pulse", "#42:1 " * 48), sections=[S(4)] * 3),
         view(P("pulse", ("#36:1 " + "#42:1 " * 15) * 3), sections=[S(4)] * 3)),
    Case("Q57", lead("C4:1 r:1 " * 8, bpm=130, dialogue_safe=True), lead("C4:1 r:1 " * 8, bpm=80, dialogue_safe=True)),
    Case("Q57", lead("C4:.25 " * 16, bpm=80, dialogue_safe=True), lead("C4:1 r:1 " * 8, bpm=80, dialogue_safe=True)),
    Case("Q57", lead("C4:1@100 r:1 " * 8, bpm=80, dialogue_safe=True), lead("C4:1 r:1 " * 8, bpm=130)),
    # instruments
    Case("Q03", view(P("lead", "C3:1", "flute")), view(P("lead", "C4:1", "flute"))),
    Case("Q03s", view(P("lead", "C4:1 " * 8, "flute")), view(P("lead", "C5:1 " * 8, "flute"))),
    Case("Q05", view(P("lead", "C5+E5:1", "flute")), view(P("lead", "C5:1 E5:1", "flute"))),
    Case("Q05", view(P("lead", "C5+E5:1", "flute")), view(P("lead", "C4+E4:1", "strings"))),
    Case("Q15", view(P("pad", "C4:20", "strings"), chords="I:12 V:8"),
         view(P("pad", "C4:20", "strings"), chords="I:12 IV:8")),
    Case("Q15", view(P("pad", "", "strings"), P("lead", RISE)), view(P("pad", "C4:16", "strings"))),
    Case("Q28", view(P("lead", "C5:1 " * 20, "flute")), view(P("lead", ("C5:1 " * 7 + "r:1 ") * 3, "flute"))),
    Case("Q34", view(*(P("pad", "C4:4", "strings") for _ in range(6)), sections=[S(1, level=1)]),
         view(*(P("pad", "C4:4", "strings") for _ in range(4)), sections=[S(1, level=1)])),
    Case("Q77", view(*(P("pad", "C4:4", "strings") for _ in range(17))),
         view(*(P("pad", "C4:4", "strings") for _ in range(16)))),
    Case("Q10", pair(TUNE * 2, P("pad", "B4:16", "strings")), pair(TUNE * 2, P("pad", "B4:16", "strings", -6))),
    Case("Q10", pair(TUNE * 2, P("pad", "B4:16", "strings")), pair(TUNE * 2, P("pad", "B4:16", "choir"))),
    Case("X02", pair(TUNE * 2, P("pad", "B4:16", "choir")), pair(TUNE * 2, P("pad", "B4:16", "choir", -9))),
    Case("X02", pair(TUNE * 2, P("pad", "B4:16", "choir")), pair(TUNE * 2, P("pad", "G3:16", "choir"))),
    # events
    Case("Q33", band((0, "a", 0, 4, 0), (1, "b", 0, 4, 0), (2, "c", 2, 4, 0)),
         band((0, "a", 0, 4, 0), (1, "b", 0, 4, 0), (2, "c", 4, 8, 0))),
    Case("Q33", band((0, "a", 0, 4, 0), (1, "b", 0, 4, 0), (2, "c", 2, 4, 0)),
         band((0, "a", 0, 4, 0), (1, "b", 0, 4, 0), (2, "c", 2, 4, 0), statements=[(0, 4, 1.0, ("canon",))])),
    Case("Q38", band((3, "rock fill", 4, 8, 0)), band((3, "rock fill", 12, 16, 0), (3, "rock", 4, 8, 0))),
    Case("Q48", blend("choir", "overdrive_guitar", -6), blend("strings", "flute", -6)),
    Case("Q48", blend("strings", "flute", -1), blend("strings", "flute", -6)),
    Case("Q55", lead(RISE, hits=[(1.0, 1.05, 1.0)]), lead(RISE, hits=[(1.0, 1.04, 1.0), (2.0, 2.2, 0.5)])),
    Case("Q55", lead(RISE, hits=[(1.0, 1.6, 0.5)]), lead(RISE, hits=[(1.0, 1.6, 0.0)])),
    Case("Q74", band((0, "a", 0, 32, 0), (0, "a", 32, 64, 1)),
         band((0, "a", 0, 32, 0), (0, "a", 32, 64, 1), (3, "rock fill", 28, 32, 0))),
    Case("Q74", band(*((i, d, 30, 32, 0) for i, d in enumerate(("run", "rip", "gliss", "rock fill")))),
         band(*((i, d, 30, 32, 0) for i, d in enumerate(("run", "rip", "gliss"))))),
    Case("Q78", band((0, "gliss", 30, 32, 0), (0, "gliss", 62, 64, 1)), band((0, "gliss", 30, 32, 0))),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule}-{index}" for index, case in enumerate(CASES)])
def test_rule_is_broken_and_kept(case: Case) -> None:
    limits = BANKS.rules[case.rule].limits_for(case.contexts)
    measure = CHECKS[case.rule].measure
    found = list(measure(case.broken, limits))
    assert found, "the broken passage passes"
    for breach in found:
        assert breach.message
        assert 0 <= breach.tick <= case.broken.length
        assert breach.part == "" or breach.part in {part.id for part in case.broken.parts}
    assert list(measure(case.kept, limits)) == []


def test_every_check_has_its_cases() -> None:
    assert {case.rule for case in CASES} == set(CHECKS)


@pytest.mark.parametrize("id_", CHECKS)
def test_a_cue_without_notes_raises_no_error(id_: str) -> None:
    found = list(CHECKS[id_].measure(view(bars=32), BANKS.rules[id_].limits))
    assert {breach.part for breach in found} <= {""}
