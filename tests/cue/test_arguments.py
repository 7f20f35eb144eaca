"""`compose` refuses arguments of the wrong kind with a UsageError that names the argument and a remedy."""

from __future__ import annotations

import math
from typing import Any

import pytest

from cuesmith import Beat, Hit, SpecError, UsageError, compose
from cuesmith.specs.load import show_from
from cuesmith.specs.yaml.document import parse_document

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"hits": [Hit(1.0, "acent")]}, "hits[0].kind: 'acent' is not one of the choices; did you mean 'accent'?"),  # type: ignore[arg-type]  # wrong on purpose
    ({"hits": [Hit(1.0), Hit(2.0, weight=3.0)]}, "hits[1].weight: 3.0 is too large: it must be at most 1"),
    ({"hits": [Hit(1.0, weight=-1)]}, "hits[0].weight: -1 is too small: it must be at least 0"),
    ({"hits": [Hit(1.0, weight=math.nan)]}, "hits[0].weight: nan"),
    ({"hits": [Hit(math.nan)]}, "hits[0].at_sec: nan"),
    ({"hits": [Hit(math.inf)]}, "hits[0].at_sec: inf"),
    ({"hits": [Hit(-1.0)]}, "hits[0].at_sec: -1.0 is too small: it must be at least 0"),
    ({"hits": [Hit(99.0)]}, "hits[0].at_sec: 99 s is beyond the end of the cue at 5 s"),
    ({"hits": [3.5]}, "hits[0]: 3.5 is not a Hit; write Hit(at_sec=12.5)"),
    ({"hits": 3.5}, "hits: 3.5 is not a list of Hit; write it in [ ]"),
    ({"fps": "17"}, "fps: '17' is not a frame rate; known: "),
    ({"beats": [Beat(1.0, event="reveall")]}, "beats[0].event: 'reveall' is not one of the choices; did you"),  # type: ignore[arg-type]  # wrong on purpose
    ({"beats": [Beat(math.nan, "calm")]}, "beats[0].at: nan"),
    ({"beats": [Beat(0.0, "calm", intensity=9)]}, "beats[0].intensity: 9 is too large: it must be at most 1"),
    ({"beats": [Beat(0.0, "clam")]}, "beats[0].feel: unknown feeling 'clam'; did you mean 'calm'?"),
    ({"beats": [Beat(0.0, who="hero")]}, "beats[0].who: 'hero' is not a list; write it in [ ]"),  # type: ignore[arg-type]  # wrong on purpose
    ({"title": 5}, "title: 5 is not text; put it in quotes"),
    ({"title": "\ud800"}, "title: "),
    ({"seed": "\ud800"}, "seed: "),
    ({"seed": 1.5}, "seed: 1.5 is not a seed; give a whole number or a word"),
    ({"seed": 10**5000}, "seed: a seed has at most 200 digits"),
    ({"seconds": "long"}, "seconds: 'long' is not a number"),
    ({"seconds": math.nan}, "seconds: nan"),
    ({"style": 3}, "style: 3 is not text"),
    ({"chords": 3}, "chords: 3 is not"),
    ({"humanize": "much"}, "humanize: 'much' is not a number"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[message for _, message in WRONG])
def test_a_wrong_argument_is_refused_with_its_name(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        compose(**{"type": "eyecatch", "seconds": 5, **arguments})
    assert str(caught.value).startswith(message)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("hit", "field"), [(Hit(1.0, "bang"), "kind: bang"), (Hit(1.0, weight=3), "weight: 3"), (Hit(99.0), "")]  # type: ignore[arg-type]  # wrong on purpose
)  # fmt: skip
def test_a_show_with_the_same_fault_says_the_same(hit: Hit, field: str) -> None:
    line = f"{{at: {hit.at_sec}, {field}}}" if field else f"{{at: {hit.at_sec}}}"
    text = f"title: T\ncues:\n- id: M-1\n  type: eyecatch\n  seconds: 5\n  hits: [{line}]\n"
    with pytest.raises(SpecError) as of_show:
        show_from(parse_document(text, "show.yaml"))
    with pytest.raises(UsageError) as of_call:
        compose(type="eyecatch", seconds=5, hits=[hit])
    assert str(of_show.value).rpartition(": ")[2] == str(of_call.value).rpartition(": ")[2]
