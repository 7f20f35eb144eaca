"""Same seed, same bytes: in any process, in any order, with any PYTHONHASHSEED, with any other parts."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from cuesmith.cue.compose import compose
from cuesmith.cue.cue import Cue
from cuesmith.music.note import Note

CUES = (
    ("symphonic", "battle", 7),
    ("jazz-rock", "eyecatch", 7),
    ("synth", "chase", 7),
    ("taiko-koto", "eyecatch", 7),
    ("taiko-koto", "mystery", 7),
)
PROGRAM = """
import hashlib, json, sys
from cuesmith import compose
cues = json.loads(sys.argv[1])
print(json.dumps([hashlib.sha256(compose(style=s, type=t, seed=n).midi()).hexdigest() for s, t, n in cues]))
"""


def fingerprint(cue: Cue) -> str:
    return hashlib.sha256(cue.midi()).hexdigest()


def elsewhere(cues: tuple[tuple[str, str, int], ...], hash_seed: str) -> list[str]:
    """Return the fingerprints of these cues as another process composes them."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(cues)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[str] = json.loads(ran.stdout)
    return found


def notes(cue: Cue) -> dict[str, list[Note]]:
    """Return the notes of each part."""
    return {part.id: sorted(part.notes()) for part in cue.score.parts}


def style_file(folder: Path, parent: str, changes: dict[str, object]) -> str:
    """Return the path of a style that extends a built-in one."""
    file = folder / f"{len(list(folder.iterdir()))}.yaml"
    file.write_text(yaml.safe_dump({"extends": parent, "title": "Changed", **changes}), "utf-8")
    return str(file)


@pytest.fixture(scope="module")
def here() -> Mapping[tuple[str, str, int], str]:
    """Return the fingerprints as this process composes them, in order."""
    return {(s, t, n): fingerprint(compose(style=s, type=t, seed=n)) for s, t, n in CUES}


@pytest.mark.parametrize("hash_seed", ["0", "1", "random"])
def test_bytes_are_the_same_in_another_process(hash_seed: str, here: Mapping[tuple[str, str, int], str]) -> None:
    order = CUES if hash_seed == "0" else CUES[::-1]
    assert elsewhere(order, hash_seed) == [here[cue] for cue in order]


def test_bytes_do_not_depend_on_what_was_composed_before(here: Mapping[tuple[str, str, int], str]) -> None:
    for style, type_, seed in CUES[::-1]:
        compose(style=style, type="stinger", seed=99)
        assert fingerprint(compose(style=style, type=type_, seed=seed)) == here[style, type_, seed]


def test_names_and_numbers_are_seeds_alike() -> None:
    """A seed from a file may be read as text; it must give the same music as the number."""
    assert fingerprint(compose(type="eyecatch", seed=12)) == fingerprint(compose(type="eyecatch", seed="12")), "12"
    assert fingerprint(compose(type="eyecatch", seed="moon")) != fingerprint(compose(type="eyecatch", seed="sun"))


def frame(cue: Cue) -> tuple[object, ...]:
    """Return what a cue is before its parts are adjusted to one another: form, keys, tempo, themes."""
    plan = cue.score.plan
    return plan.sections, plan.tempo, dict(cue.themes)


@pytest.mark.parametrize("type_", ["battle", "tender", "daily", "main_theme"])
@pytest.mark.parametrize("style", ["symphonic", "synth"])
def test_a_new_seat_leaves_the_form_alone(style: str, type_: str, tmp_path: Path) -> None:
    """The parts make room for a new one, but the form stays the same."""
    seat = {"role": "colour", "instruments": {"marimba": 1}, "gestures": {"bell": 1, "answer": 1}, "levels": [0, 4]}
    before = compose(style=style_file(tmp_path, style, {}), type=type_, seed=3)
    more = style_file(tmp_path, style, {"seats": {"a_new_colour": seat}})
    after = compose(style=more, type=type_, seed=3)
    assert frame(after) == frame(before)


def test_an_omitted_seat_leaves_the_form_alone(tmp_path: Path) -> None:
    before = compose(style=style_file(tmp_path, "taiko-koto", {}), type="battle", seed=3)
    less = style_file(tmp_path, "taiko-koto", {"cues": {"battle": {"omit": ["taiko", "pad"]}}})
    after = compose(style=less, type="battle", seed=3)
    assert not {part for part in notes(after) if part == "pad" or part.startswith("taiko")}
    assert frame(after) == frame(before)


def test_a_louder_seat_leaves_the_form_alone(tmp_path: Path) -> None:
    before = compose(style=style_file(tmp_path, "symphonic", {}), type="battle", seed=3)
    louder = style_file(tmp_path, "symphonic", {"seats": {"violins": {"level_db": 5.5}}})
    after = compose(style=louder, type="battle", seed=3)
    assert frame(after) == frame(before)
    assert any(part.level_db == 5.5 for part in after.score.parts)


@pytest.mark.parametrize("type_", ["battle", "tender", "eyecatch"])
def test_another_seed_is_another_melody(type_: str) -> None:
    melodies = set()
    for seed in range(8):
        theme = compose(type=type_, seed=seed).themes["theme"]
        melodies.add(tuple((n.onset, n.step) for n in theme.motif.notes))
    assert len(melodies) >= 7
