"""From values to records: every fault is listed, in order, in plain words."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BeforeValidator, ConfigDict, Field, field_validator
from pydantic.dataclasses import dataclass
from typing_extensions import TypeAliasType

from cuesmith.errors import SpecError
from cuesmith.specs.yaml.document import Document, parse_document
from cuesmith.specs.yaml.extend import merge
from cuesmith.specs.yaml.validate import Problem, check, problem_lines, raise_problems, validate

STRICT = ConfigDict(extra="forbid")


def _words(value: object) -> object:
    return value.split() if isinstance(value, str) else value


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Hit:
    at: Annotated[float, Field(ge=0, lt=600)]
    kind: Literal["accent", "silence", "swell"] = "accent"


Named = TypeAliasType("Named", Hit | Literal["none"])


class Colour(Enum):
    WARM = "warm"
    COLD = "cold"


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Written:
    notes: str
    mode: str = "ionian"


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Imported:
    midi: str
    track: Annotated[int, Field(ge=1)] = 1


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Fade:
    type: Literal["fade"]
    seconds: float


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Stop:
    type: Literal["stop"]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Sheet:
    """A substitute for the records of the project, with one field for each kind of fault."""

    title: Annotated[str, Field(min_length=1, max_length=5)]
    seed: int | str = 0
    voices: Annotated[int, Field(gt=0, le=8, multiple_of=2)] = 2
    level: Annotated[int, Field(le=10)] | Literal["auto", "off"] = 5
    swing: float = 0.0
    loop: bool = False
    colour: Colour = Colour.WARM
    form: Annotated[str, Field(pattern="^[A-C]+$")] = "A"
    hits: tuple[Hit, ...] = ()
    range_: Annotated[tuple[int, int] | None, Field(alias="range")] = None
    themes: dict[str, Written | Imported] = Field(default_factory=dict)
    ending: Annotated[Fade | Stop, Field(discriminator="type")] | None = None
    weights: dict[int, float] = Field(default_factory=dict)
    grid: Literal[8, 16] = 8
    names: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)] = ("a",)
    parts: dict[str, list[Hit]] = Field(default_factory=dict)
    day: date = date(2026, 1, 31)
    takes: Annotated[tuple[Hit, ...], Field(min_length=2)] = (Hit(at=0), Hit(at=1))
    chords: Annotated[tuple[int, ...], BeforeValidator(_words)] = ()
    opening: Named = "none"

    @field_validator("form")
    @classmethod
    def _no_bab(cls, value: str) -> str:
        if value == "BAB":
            raise ValueError("'BAB' has no beginning; start with A")
        return value

    def __post_init__(self) -> None:
        if self.title == "void":
            raise ValueError("a sheet titled void cannot be played")


def lines(text: str, type_: Any = Sheet) -> list[str]:
    """Return the faults found in a text, without the name of the file."""
    with pytest.raises(SpecError) as caught:
        validate(parse_document(text, "x.yaml"), type_)
    assert all(line.startswith("x.yaml:") for line in str(caught.value).split("\n"))
    return [line.removeprefix("x.yaml:") for line in str(caught.value).split("\n")]


def test_a_valid_file_becomes_a_record() -> None:
    text = "title: Duel\nseed: x\nlevel: auto\nrange: [60, 84]\nweights: {4: 1}\n"
    text += "themes: {h: {notes: D3}, r: {midi: r.mid}}\n"
    sheet = validate(parse_document(text, "x.yaml"), Sheet)
    assert (sheet.title, sheet.range_, sheet.level, sheet.weights) == ("Duel", (60, 84), "auto", {4: 1.0})
    assert sheet.themes == {"h": Written(notes="D3"), "r": Imported(midi="r.mid")}


CHOICE = "is not one of the choices"
UNKNOWN = "unknown key; did you mean"
NEEDED = "this key is needed, but missing"


class Case(NamedTuple):
    text: str
    faults: list[str]


CASES = [
    Case("title: 5", ["1:8: title: 5 is not text; put it in quotes"]),
    Case("title: [a]", ["1:8: title: a list is not text"]),
    Case("title:", ["1:7: title: no value is given; it should be text"]),
    Case("title: ''", ["1:8: title: the text is empty; write something"]),
    Case("title: abcdef", ["1:8: title: 'abcdef' is too long: at most 5 characters are allowed"]),
    Case("seed: 1", [f"1:1: title: {NEEDED}"]),
    Case("titel: x", [f"1:1: title: {NEEDED}",
                      f"1:1: titel: {UNKNOWN} 'title'?"]),
    Case("title: x\nrange_: [1, 2]", [f"2:1: range_: {UNKNOWN} 'range'?"]),
    Case("title: x\nhits: [{at:3}]", [
        f"2:8: hits[0].at: {NEEDED}",
        "2:9: hits[0][\"at:3\"]: unknown key; write a space after the ':' of 'at'"]),
    Case("title: x\nvoices: abc", ["2:9: voices: 'abc' is not a whole number"]),
    Case("title: x\nvoices: 2.5", ["2:9: voices: 2.5 is not a whole number"]),
    Case("title: x\nvoices: 0", ["2:9: voices: 0 is too small: it must be above 0"]),
    Case("title: x\nvoices: 12", ["2:9: voices: 12 is too large: it must be at most 8"]),
    Case("title: x\nvoices: 3", ["2:9: voices: 3 is not a multiple of 2"]),
    Case("title: x\nswing: abc", ["2:8: swing: 'abc' is not a number"]),
    Case("title: x\nswing: {a: 1}", ["2:8: swing: a mapping is not a number"]),
    Case("title: x\nloop: maybe", ["2:7: loop: 'maybe' is not true or false"]),
    Case("title: x\nseed: 1.5", ["2:7: seed: 1.5 is not a whole number or text"]),
    Case("title: x\nseed:", ["2:6: seed: no value is given; it should be a whole number or text"]),
    Case("title: x\nlevel: aut", [
        "2:8: level: 'aut' is not a whole number or one of the choices; did you mean 'auto'?"]),
    Case("title: x\nlevel: 50", ["2:8: level: 50 is too large: it must be at most 10"]),
    Case("title: x\ncolour: wram", [f"2:9: colour: 'wram' {CHOICE}; did you mean 'warm'?"]),
    Case("title: x\ncolour: zzz", [f"2:9: colour: 'zzz' {CHOICE}; known: cold, warm"]),
    Case("title: x\ncolour:", [
        "2:8: colour: no value is given; it should be one of the choices; known: cold, warm"]),
    Case("title: x\ngrid: 12", [f"2:7: grid: 12 {CHOICE}; known: 16, 8"]),
    Case("title: x\nform: ABD", ["2:7: form: 'ABD' does not fit the pattern ^[A-C]+$"]),
    Case("title: x\nform: BAB", ["2:7: form: 'BAB' has no beginning; start with A"]),
    Case("title: void", ["1:1: a sheet titled void cannot be played"]),
    Case("title: x\nhits: 3", ["2:7: hits: 3 is not a list; write it in [ ]"]),
    Case("title: x\nhits: true", ["2:7: hits: true is not a list; write it in [ ]"]),
    Case("title: x\nhits: {at: 3}", ["2:7: hits: a mapping is not a list"]),
    Case("title: x\nhits: [{at: -1}, {at: 600.0}, 7]", [
        "2:13: hits[0].at: -1 is too small: it must be at least 0",
        "2:23: hits[1].at: 600.0 is too large: it must be below 600",
        "2:31: hits[2]: 7 is not a mapping (key: value)"]),
    Case("title: x\nrange: [1]", ["2:8: range[1]: this item is needed, but missing"]),
    Case("title: x\nrange: [1, 2, 3]", ["2:8: range: 3 given, but at most 2 allowed"]),
    Case("title: x\nnames: []", ["2:8: names: 0 given, but at least 1 needed"]),
    Case("title: x\nnames: [1]", ["2:9: names[0]: 1 is not text; put it in quotes"]),
    Case("title: x\nweights: {a: 1}", ["2:11: weights.a: 'a' is not a whole number"]),
    Case("title: x\nweights: {1: a}", ["2:14: weights.1: 'a' is not a number"]),
    Case("title: x\nparts: {lead: [{att: 1}]}", [f"2:16: parts.lead[0].at: {NEEDED}",
                                                 f"2:17: parts.lead[0].att: {UNKNOWN} 'at'?"]),
    # items with faults are not called missing as well
    Case("title: x\ntakes: [{at: 1}, {at: z}]", ["2:23: takes[1].at: 'z' is not a number"]),
    Case("title: x\ntakes: [{at: 1}]", ["2:8: takes: 1 given, but at least 2 needed"]),
    # what a validator makes of one text has the place of the text
    Case("title: x\nchords: 1 x 3 y", ["2:9: chords[1]: 'x' is not a whole number",
                                       "2:9: chords[3]: 'y' is not a whole number"]),
    # of a union, the alternative that fits best is the one whose faults are told
    Case("title: x\nthemes: {h: {notess: D3}}", [f"2:13: themes.h.notes: {NEEDED}",
                                                 f"2:14: themes.h.notess: {UNKNOWN} 'notes'?"]),
    Case("title: x\nthemes: {h: {midi: a, track: b}}", ["2:30: themes.h.track: 'b' is not a whole number"]),
    Case("title: x\nthemes: {h: {midi: a, trakc: 1}}", [f"2:23: themes.h.trakc: {UNKNOWN} 'track'?"]),
    Case("title: x\nthemes: {h: 5}", ["2:13: themes.h: 5 is not a mapping (key: value)"]),
    Case("title: x\nending: {type: fade, secs: 2}", [f"2:9: ending.seconds: {NEEDED}",
                                                     f"2:22: ending.secs: {UNKNOWN} 'seconds'?"]),
    Case("title: x\nending: {type: fad}", ["2:9: ending: 'type' cannot be 'fad'; did you mean 'fade'?"]),
    Case("title: x\nending: {seconds: 2}", [
        "2:9: ending: the key 'type', which says what this is, is missing"]),
    Case("title: x\nopening: {at: 1, kin: swell}", [f"2:18: opening.kin: {UNKNOWN} 'kind'?"]),
    Case("[1, 2]", ["1:1: a list is not a mapping (key: value)"]),
    Case("just text", ["1:1: 'just text' is not a mapping (key: value)"]),
    Case(f"title: x\nvoices: {'w' * 90}", [f"2:9: voices: '{'w' * 39}… is not a whole number"]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text)
def test_each_kind_of_fault_has_its_words(case: Case) -> None:
    assert lines(case.text + "\n") == case.faults


def test_all_faults_of_a_file_are_listed_in_its_order() -> None:
    singles = [case for case in CASES if case.text.startswith("title: x\n")]
    numbered = dict.fromkeys(case.text.split("\n")[1].split(":")[0] for case in singles)
    chosen = [next(case for case in singles if case.text.split("\n")[1].startswith(f"{key}:")) for key in numbered]
    text = "title: x\n" + "".join(case.text.split("\n")[1] + "\n" for case in chosen)
    expected = [
        f"{index}:{fault.partition(':')[2]}" for index, case in enumerate(chosen, start=2) for fault in case.faults
    ]
    assert lines(text) == expected
    assert len(expected) > 12


def test_faults_without_words_of_ours_keep_pydantics() -> None:
    (line,) = lines("title: x\nday: soon\n")
    assert line.startswith("2:6: day: 'soon': ") and len(line) > 30
    assert lines("title: x\nday:\n")[0].startswith("2:5: day: nothing: ")


def test_lists_and_mappings_of_records_are_types_too() -> None:
    assert validate(parse_document("a: {at: 1}\n", "x.yaml"), dict[str, Hit]) == {"a": Hit(at=1)}
    assert lines("a: {at: 1}\nb: {kind: swel}\n", dict[str, Hit]) == [
        "2:4: b.at: this key is needed, but missing",
        "2:11: b.kind: 'swel' is not one of the choices; did you mean 'swell'?",
    ]
    assert lines("- {att: 1}\n", list[Hit])[1] == "1:4: [0].att: unknown key; did you mean 'at'?"
    assert lines("- [{att: 1}, 2]\n", list[tuple[Hit, int]])[1] == "1:5: [0][0].att: unknown key; did you mean 'at'?"


GOOD: dict[str, Any] = {
    "title": "ok", "voices": 4, "swing": 0.5, "hits": [{"at": 1}, {"at": 2, "kind": "swell"}],
    "themes": {"hero": {"notes": "C4"}, "rival": {"midi": "r.mid", "track": 2}}, "names": ["a", "b"],
}  # fmt: skip
BREAKS: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "voices": (("voices",), "many"),
    "swing": (("swing",), "much"),
    "hits[0].at": (("hits", 0, "at"), "now"),
    "hits[1].kind": (("hits", 1, "kind"), "smash"),
    "themes.hero.notes": (("themes", "hero", "notes"), 4),
    "themes.rival.track": (("themes", "rival", "track"), 0),
    "names[1]": (("names", 1), 3),
}


@settings(max_examples=60, deadline=None)
@given(st.sets(st.sampled_from(sorted(BREAKS)), min_size=1), st.booleans())
def test_whatever_is_broken_is_reported_once_at_its_place(broken: set[str], flow: bool) -> None:
    data = yaml.safe_load(yaml.safe_dump(GOOD))
    for name in broken:
        path, value = BREAKS[name]
        place = data
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
    text = yaml.safe_dump(data, sort_keys=False, default_flow_style=flow)
    read = parse_document(text, "x.yaml")
    expected = {f"{read.position(BREAKS[name][0])}: {name}" for name in broken}
    found = [f"x.yaml:{line}" for line in lines(text)]
    assert {": ".join(line.split(": ")[:2]) for line in found} == expected
    assert len(found) == len(broken)
    places = [tuple(map(int, line.split(":")[1:3])) for line in found]
    assert places == sorted(places)


def test_structural_and_semantic_problems_are_listed_together() -> None:
    read = parse_document("title: 7\nthemes: {hero: {notes: C}}\nhits:\n  - {at: 1}\nseed: ghost\n", "x.yaml")
    value, problems = check(read, Sheet)
    assert value is None
    more = [
        Problem(("seed",), "no theme named 'ghost'; did you mean 'hero'?"),
        Problem(("themes", "hero"), "this theme is never heard", at_key=True),
        Problem(("hits", 0, "kind"), "say what kind of hit this is"),
    ]
    with pytest.raises(SpecError) as caught:
        raise_problems(read, [*more, *problems])
    assert str(caught.value).split("\n") == [
        "x.yaml:1:8: title: 7 is not text; put it in quotes",
        "x.yaml:2:10: themes.hero: this theme is never heard",
        "x.yaml:4:5: hits[0].kind: say what kind of hit this is",
        "x.yaml:5:7: seed: no theme named 'ghost'; did you mean 'hero'?",
    ]
    assert caught.value.exit_code == 3


def test_nothing_wrong_raises_nothing() -> None:
    read = parse_document("title: a\n", "x.yaml")
    assert check(read, Sheet) == (Sheet(title="a"), ())
    raise_problems(read, [])
    assert problem_lines(read, []) == []
    assert problem_lines(read, [Problem((), "m"), Problem((), "m")]) == ["x.yaml:1:1: m"]


def test_faults_of_a_parent_come_last_under_its_name() -> None:
    parent = parse_document("title: 5\nswing: abc\n", "a-parent.yaml")
    child = parse_document("extends: a-parent\nvoices: 3\nswing: x\n", "child.yaml")
    with pytest.raises(SpecError) as caught:
        validate(merge(parent, child), Sheet)
    assert str(caught.value).split("\n") == [
        "child.yaml:2:9: voices: 3 is not a multiple of 2",
        "child.yaml:3:8: swing: 'x' is not a number",
        "a-parent.yaml:1:8: title: 5 is not text; put it in quotes",
    ]


def test_a_thousand_faults_are_counted_not_listed() -> None:
    found = lines("title: x\nnames:\n" + "- 1\n" * 1000)
    assert len(found) == 201
    assert found[-1] == "203:3: names[200]: 800 more faults from here on; mend those above first"


def test_values_without_a_file_still_have_a_place() -> None:
    with pytest.raises(SpecError, match=r"^made:1:1: title: this key is needed, but missing$"):
        validate(Document("made", {}, {}, {}), Sheet)
