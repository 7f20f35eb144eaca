"""Inheritance between files: the laws of the merge, cycles, and the place of each value."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cuesmith.errors import SpecError, UsageError, did_you_mean
from cuesmith.specs.removed_seats import without_removed_seats
from cuesmith.specs.yaml.document import Document, parse_document
from cuesmith.specs.yaml.extend import MAX_PARENTS, merge, resolve_extends

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(0, 9)
    | st.sampled_from(["x", "no", ""])
    | st.lists(st.integers(0, 9), max_size=3)
)
TREES = st.recursive(LEAVES, lambda tree: st.dictionaries(st.sampled_from("abcd"), tree, max_size=4), max_leaves=12)
MAPPINGS = st.dictionaries(st.sampled_from("abcd"), TREES, max_size=4)


def document(data: object, name: str) -> Document:
    return parse_document(yaml.safe_dump(data, sort_keys=False), name)


def resolve(files: Mapping[str, str], name: str) -> Document:
    """Return the file of that name, with everything it inherits."""

    def load(parent: str) -> Document:
        if parent not in files:
            raise UsageError(f"no style named '{parent}'{did_you_mean(parent, files)}")
        return parse_document(files[parent], f"styles/{parent}.yaml")

    return resolve_extends(load(name), load)


def refusal(files: Mapping[str, str], name: str) -> str:
    with pytest.raises(SpecError) as caught:
        resolve(files, name)
    return str(caught.value)


@pytest.mark.parametrize(
    ("parent", "child", "merged"),
    [
        # the examples of RFC 7396, appendix A, whose roots are mappings or whose parents are
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"a": "foo"}, ["c"], ["c"]),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_merge_is_that_of_rfc_7396(parent: object, child: object, merged: object) -> None:
    assert merge(document(parent, "p"), document(child, "c")).data == merged


def without_nulls(tree: object) -> object:
    if not isinstance(tree, dict):
        return tree
    return {key: without_nulls(value) for key, value in tree.items() if value is not None}


@settings(max_examples=150, deadline=None)
@given(parent=MAPPINGS, child=MAPPINGS, youngest=MAPPINGS)
def test_laws_of_the_merge(parent: dict[str, object], child: dict[str, object], youngest: dict[str, object]) -> None:
    p, c = document(parent, "p"), document(child, "c")
    merged = merge(p, c).data
    assert isinstance(merged, dict)
    assert merge(p, document({}, "e")).data == parent  # an empty child changes nothing
    assert merge(document({}, "e"), c).data == without_nulls(child)  # an empty parent gives nothing
    assert merge(merge(p, c), c).data == merged  # once is enough
    assert set(merged) == {key for key in {*parent, *child} if child.get(key, ...) is not None}
    for key in merged:
        if key not in child:
            assert merged[key] == parent[key]
        elif not isinstance(child[key], dict):
            assert merged[key] == child[key]
    if None not in child.values():  # disjoint keys: the order of two children does not matter
        other = document({key: value for key, value in youngest.items() if key not in child}, "o")
        assert merge(merge(p, c), other).data == merge(merge(p, other), c).data


@settings(max_examples=150, deadline=None)
@given(parent=MAPPINGS, child=MAPPINGS)
def test_every_value_keeps_the_place_it_was_written_at(parent: dict[str, object], child: dict[str, object]) -> None:
    p, c = document(parent, "p"), document(child, "c")
    merged = merge(p, c)
    paths = {(), *_paths(merged.data, ())}
    assert set(merged.positions) == paths
    assert {path for path in paths if path and isinstance(path[-1], str)} == set(merged.key_positions)
    for path in paths:
        writer = c if path in c.positions else p
        assert merged.positions[path] == writer.positions[path]
        assert merged.position(path, key=True) == writer.position(path, key=True)


def _paths(data: object, path: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
    items: list[tuple[str | int, object]] = []
    if isinstance(data, dict):
        items = list(data.items())
    elif isinstance(data, list):
        items = list(enumerate(data))
    return [below for key, value in items for below in [(*path, key), *_paths(value, (*path, key))]]


def test_a_family_of_three() -> None:
    files = {
        "base": "tempo: {tender: [60, 84], battle: [144, 168]}\nseats:\n  lead: {role: lead}\n  pad: {role: pad}\n",
        "dark": "extends: base\ntempo: {battle: [120, 140]}\nseats: {pad: null}\n",
        "mine": "extends: dark\nname: Mine\nseats:\n  lead:\n    octave: -1\n",
    }
    merged = resolve(files, "mine")
    assert merged.data == {
        "tempo": {"tender": [60, 84], "battle": [120, 140]},
        "seats": {"lead": {"role": "lead", "octave": -1}},
        "name": "Mine",
    }
    assert merged.source == "styles/mine.yaml"
    assert str(merged.position(("tempo", "tender", 1))) == "styles/base.yaml:1:22"
    assert str(merged.position(("tempo", "battle"))) == "styles/dark.yaml:2:17"
    assert str(merged.position(("tempo", "battle"), key=True)) == "styles/dark.yaml:2:9"
    assert str(merged.position(("seats", "lead", "octave"))) == "styles/mine.yaml:5:13"
    assert str(merged.position(("seats", "lead", "role"))) == "styles/base.yaml:3:16"
    assert str(merged.position(("seats", "lead", "missing"))) == "styles/mine.yaml:5:5"
    assert str(merged.position(())) == "styles/mine.yaml:1:1"


@pytest.mark.parametrize("text", ["a: {extends: b}\nc: null\n", "[extends]\n", "extends\n"])
def test_what_extends_nothing_is_left_alone(text: str) -> None:
    read = parse_document(text, "x.yaml")
    assert resolve_extends(read, lambda name: read) is read


def test_cycles_are_named() -> None:
    files = {"a": "x: 1\nextends: b\n", "b": "extends: a\n", "c": "extends: b\n", "self": "extends: self\n"}
    mend = "give one of them another parent"
    assert refusal(files, "a") == f"styles/b.yaml:1:10: extends: this goes in a circle: a -> b -> a; {mend}"
    assert refusal(files, "b") == f"styles/a.yaml:2:10: extends: this goes in a circle: b -> a -> b; {mend}"
    assert refusal(files, "c") == f"styles/a.yaml:2:10: extends: this goes in a circle: b -> a -> b; {mend}"
    assert refusal(files, "self") == f"styles/self.yaml:1:10: extends: this goes in a circle: self -> self; {mend}"


def test_the_number_of_parents_is_limited() -> None:
    files = {f"s{index}": f"extends: s{index + 1}\nk{index}: {index}\n" for index in range(20)}
    files[f"s{MAX_PARENTS}"] = "last: 1\n"
    merged = resolve(files, "s0").data
    assert isinstance(merged, dict) and len(merged) == MAX_PARENTS + 1
    files[f"s{MAX_PARENTS}"] = "extends: end\n"
    files["end"] = "last: 1\n"
    assert refusal(files, "s0") == (
        f"styles/s{MAX_PARENTS}.yaml:1:10: extends: more than {MAX_PARENTS} parents: "
        + " -> ".join([*(f"s{index}" for index in range(MAX_PARENTS + 1)), "end"])
        + "; write some of it out"
    )


def test_invalid_parents() -> None:
    files = {
        "symphonic": "a: 1\n", "list": "[1]\n", "broken": "a: [\n",
        "unknown": "a: 1\nextends: symphonc\n", "number": "extends: 3\n", "nothing": "extends:\n",
        "two": "extends: [symphonic, list]\n", "flat": "extends: list\n", "torn": "extends: broken\n",
    }  # fmt: skip
    assert refusal(files, "unknown") == (
        "styles/unknown.yaml:2:10: extends: no style named 'symphonc'; did you mean 'symphonic'?"
    )
    one = "extends: write the name of one file to extend, such as extends: symphonic"
    assert refusal(files, "number") == f"styles/number.yaml:1:10: {one}"
    assert refusal(files, "nothing") == f"styles/nothing.yaml:1:9: {one}"
    assert refusal(files, "two") == f"styles/two.yaml:1:10: {one}"
    assert refusal(files, "flat") == (
        "styles/flat.yaml:1:10: extends: 'list' holds no mapping (key: value), so it cannot be extended"
    )
    assert refusal(files, "torn").startswith("styles/broken.yaml:2:1: ")  # its own fault, at its own place


SEATED = """seats:
  lead: {role: lead}
  harp: {role: ostinato}
  choir: {role: pad}
cues:
  daily: {omit: [harp, choir], seats: {harp: {levels: [1, 4]}, lead: {octave: 1}}}
  sad: {omit: [choir], seats: {harp: {octave: -1}}}
"""


def seated(files: Mapping[str, str], name: str) -> Document:
    """Return the style of that name with everything it inherits, without removed seats."""

    def load(parent: str) -> Document:
        return parse_document(files[parent], f"styles/{parent}.yaml")

    return resolve_extends(load(name), load, without_removed_seats)


def test_removing_a_seat_removes_what_cues_say_about_it() -> None:
    files = {"base": SEATED, "mine": "extends: base\nseats: {harp: null}\n", "young": "extends: mine\ntitle: Young\n"}
    for name in ("mine", "young"):
        document = seated(files, name)
        assert document.data == {
            "seats": {"lead": {"role": "lead"}, "choir": {"role": "pad"}},
            "cues": {
                "daily": {"omit": ["choir"], "seats": {"lead": {"octave": 1}}},
                "sad": {"omit": ["choir"], "seats": {}},
            },
            **({"title": "Young"} if name == "young" else {}),
        }
        assert set(document.positions) == {(), *_paths(document.data, ())}
        assert str(document.position(("cues", "daily", "omit", 0))) == "styles/base.yaml:6:24"  # it moved up
        assert str(document.position(("cues", "daily", "seats", "lead"), key=True)) == "styles/base.yaml:6:64"


def test_what_a_child_says_about_a_seat_it_removes_stays() -> None:
    """The checks must find it at its own place, even when the file has a child itself."""
    files = {
        "base": SEATED,
        "omits": "extends: base\nseats: {harp: null}\ncues: {sad: {omit: [harp]}}\n",
        "changes": "extends: base\nseats: {harp: null}\ncues:\n  sad: {seats: {harp: {octave: 1}}}\n",
        "middle": "extends: changes\nseats: {choir: null}\n",
    }
    omits = seated(files, "omits")
    assert [value for _, value in omits.select("cues", "sad", "omit")] == [["harp"]]
    assert omits.position(("cues", "sad", "omit", 0)).line == 3
    for name in ("changes", "middle"):
        changes = seated(files, name)
        assert [value for _, value in changes.select("cues", "sad", "seats")] == [{"harp": {"octave": 1}}]
        assert str(changes.position(("cues", "sad", "seats", "harp"), key=True)) == "styles/changes.yaml:4:17"


@pytest.mark.parametrize("text", ["a: 1\n", "seats: {drum: null}\n", "seats: {lead: {octave: 1}}\n", "seats: null\n"])
def test_extending_without_changes_gives_the_parent(text: str) -> None:
    parent = parse_document(SEATED, "p")
    assert without_removed_seats(parent, parse_document(text, "c")) is parent
