"""How well styles can be distinguished by ear: a classifier that sees only the bytes of MIDI files.

    python tests/styles_apart.py 6                        the four main styles, seeds 1 to 6, each judged by the others
    python tests/styles_apart.py 3 gothic symphonic …     other styles; `all` for every one
    python tests/styles_apart.py --learn                  write styles_apart.json, with which the tests judge seed 1

Every cue is measured (`midi_features`: rhythm, harmony, register, density; no names, programs, tempo) and classified as
the style of the nearest centre. There is one centre for every style and type of cue; the classifier is not told the
type.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from importlib.resources import files
from multiprocessing import Pool
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))  # as a script it has its own folder there, not the one above

from tests.midi_features import NAMES, Features, features

from cuesmith.cue.compose import compose

Job: TypeAlias = tuple[str, str, int]  # style, cue type, seed

MAIN = ("jazz-rock", "symphonic", "synth", "taiko-koto")
TYPES = ("main_theme", "daily", "tender", "sad", "suspense", "battle", "victory", "ambient")
LEARNT = Path(__file__).with_suffix(".json")
LEARNT_FROM = range(2, 8)  # seeds; the suite judges seed 1


class Model(NamedTuple):
    """What is known about styles: the mean of every (style, cue type), and the spread of each figure over all."""

    centres: Mapping[tuple[str, str], Features]
    spread: Features

    def taken_for(self, own: Features) -> str:
        """Return the style of the nearest centre."""
        return min(self.centres, key=lambda place: float(np.abs((own - self.centres[place]) / self.spread).sum()))[0]


def measured(job: Job) -> Features:
    """Return the figures of one cue."""
    style, type_, seed = job
    return features(compose(style=style, type=type_, seed=seed).midi())


def table(styles: Iterable[str], seeds: Iterable[int]) -> dict[Job, Features]:
    """Return the figures of every style × cue type × seed."""
    jobs = [(style, type_, seed) for style in styles for type_ in TYPES for seed in seeds]
    with Pool() as pool:
        return dict(zip(jobs, pool.map(measured, jobs, chunksize=4), strict=True))


def learn(known: Mapping[Job, Features]) -> Model:
    """Return the model of some measured cues."""
    places = dict.fromkeys((style, type_) for style, type_, _ in known)
    centres = {at: np.mean([row for job, row in known.items() if job[:2] == at], axis=0) for at in places}
    return Model(centres, np.std(list(known.values()), axis=0) + 1e-6)


def judged(found: Mapping[Job, Features]) -> Counter[tuple[str, str, str]]:
    """Return (style, classified as, cue type) → count; every seed is judged by the others."""
    out: Counter[tuple[str, str, str]] = Counter()
    for held in sorted({seed for _, _, seed in found}):
        model = learn({job: row for job, row in found.items() if job[2] != held})
        for (style, type_, seed), row in found.items():
            if seed == held:
                out[style, model.taken_for(row), type_] += 1
    return out


def write(model: Model) -> None:
    """Write a model for the tests."""
    rows = {f"{style} {type_}": [float(f"{x:.4g}") for x in row] for (style, type_), row in model.centres.items()}
    lines = [f"  {json.dumps(at)}: {json.dumps(row)}" for at, row in rows.items()]
    spread = json.dumps([float(f"{x:.4g}") for x in model.spread])
    body = ",\n".join(lines)
    LEARNT.write_text(f'{{"spread": {spread},\n "centres": {{\n{body}\n}}}}\n', "utf-8")


def read() -> Model:
    """Return the model that the tests use."""
    data = json.loads(LEARNT.read_text("utf-8"))
    centres = {tuple(at.split(" ")): np.array(row) for at, row in data["centres"].items()}
    return Model({(style, type_): row for (style, type_), row in centres.items()}, np.array(data["spread"]))


def say(text: str) -> None:
    """Print a line of the result."""
    sys.stdout.write(f"{text}\n")


def report(found: Mapping[Job, Features], styles: tuple[str, ...]) -> None:
    """Print the share of right answers, every confusion, and the figures by which each style is recognised."""
    counts = judged(found)
    right = sum(n for (style, taken, _), n in counts.items() if style == taken)
    say(f"{right} of {len(found)} right ({right / len(found):.1%}); by chance {1 / len(styles):.0%}")
    usual, spread = np.mean(list(found.values()), axis=0), learn(found).spread
    for style in styles:
        own = [n for (one, taken, _), n in counts.items() if one == style == taken]
        total = sum(n for (one, _, _), n in counts.items() if one == style)
        wrong = sorted(f"{taken} ({type_})" for (one, taken, type_) in counts if one == style != taken)
        say(f"{style:16} {sum(own) / total:4.0%} {', '.join(wrong)}")
        mean = (np.mean([row for job, row in found.items() if job[0] == style], axis=0) - usual) / spread
        top = sorted(range(len(NAMES)), key=lambda i: -abs(mean[i]))[:5]
        say("                      " + "; ".join(f"{NAMES[i]} {mean[i]:+.1f}" for i in top))


def main() -> None:
    """Measure and print, or learn."""
    if sys.argv[1:] == ["--learn"]:
        write(learn(table(MAIN, LEARNT_FROM)))
        return
    wanted = sys.argv[2:]
    if wanted == ["all"]:
        names = (file.name for file in files("cuesmith.styles").iterdir())
        wanted = sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))
    styles = tuple(wanted) or MAIN
    report(table(styles, range(1, 1 + int(sys.argv[1] if len(sys.argv) > 1 else 4))), styles)


if __name__ == "__main__":
    main()
