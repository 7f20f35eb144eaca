"""How far the styles can be told apart from the notes alone; a script, not a test.

    python tests/styles_apart.py [SEEDS]

Composes cues of several types, measures rhythm, density, register and harmony (no instruments, no tempo), and asks
which style's centroid each is nearest to, leaving its own seed out. Features are taken against the mean of the cue
type: the listener knows the scene, not the style. Prints the share that is right, by style, and every confusion.
"""

from __future__ import annotations

import sys
from collections import Counter
from importlib.resources import files
from multiprocessing import Pool
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cuesmith.cue import compose
from cuesmith.score import Score

Features: TypeAlias = NDArray[np.float64]
Job: TypeAlias = tuple[str, str, int]

TYPES = ("main_theme", "daily", "tender", "suspense", "battle", "ambient")
BEAT = 960
NAMES = (
    "notes per beat", "onsets per beat", "drum strokes per beat", "share on the beat", "on the half", "on the quarter",
    "off the grid of sixteenths", "median length", "long notes", "mean pitch", "spread", "low end", "high end",
    "voices at once", "triads", "sevenths", "ninths and more", "no third", "minor tonic", "chord tones a minor second",
    "chords per bar", "beats per bar", "odd meter", "leading tones", "flat seconds", "raised fourths", "parts",
)  # fmt: skip


def features(score: Score) -> Features:
    """What is heard of a cue when every instrument is the same."""
    plan = score.plan
    pitched = [n for part in score.parts if not part.drums for n in part.notes()]
    strokes = sum(1 for part in score.parts if part.drums for _ in part.notes())
    beats = plan.length / BEAT
    onsets = np.array([n.onset for n in pitched])
    place = np.array([(n.onset - plan.section_at(n.onset).start) % BEAT for n in pitched])
    length = np.array([n.end - n.onset for n in pitched]) / BEAT
    pitch = np.array([n.pitch for n in pitched])
    tonic = plan.key.tonic
    degree = (pitch - tonic) % 12
    chords = [span.chord for span in score.harmony]
    sizes = np.array([len(set(chord.classes)) for chord in chords])
    thirds = [bool({3, 4} & {(pc - chord.root) % 12 for pc in chord.classes}) for chord in chords]
    rubs = [any((pc + 1) % 12 in chord.classes for pc in chord.classes) for chord in chords]
    meter = plan.sections[0].meter
    sixteenth = place % (BEAT // 4) == 0
    return np.array(
        [
            len(pitched) / beats,
            len(set(onsets.tolist())) / beats,
            strokes / beats,
            np.mean(place == 0),
            np.mean(place == BEAT // 2),
            np.mean(sixteenth & (place % (BEAT // 2) != 0)),
            np.mean(~sixteenth),
            np.log2(np.median(length) + 0.05),
            np.mean(length >= 2),
            pitch.mean(),
            pitch.std(),
            np.percentile(pitch, 5),
            np.percentile(pitch, 95),
            length.sum() / beats,
            np.mean(sizes <= 3),
            np.mean(sizes == 4),
            np.mean(sizes >= 5),
            1 - np.mean(thirds),
            float(plan.key.minor),
            np.mean(rubs),
            len(chords) / plan.bars,
            meter.bar_ticks / BEAT,
            float(meter.numerator in (5, 7)),
            np.mean(degree == 11),
            np.mean(degree == 1),
            np.mean(degree == 6),
            float(sum(1 for _ in score.parts)),
        ]
    )


def measured(job: Job) -> Features:
    """The features of one cue."""
    style, type_, seed = job
    return features(compose(style=style, type=type_, seed=seed).score)


def nearest(table: dict[Job, Features], styles: tuple[str, ...], seeds: range) -> Counter[tuple[str, str]]:
    """(style, what it is taken for) → times; every seed is judged by the others."""
    found: Counter[tuple[str, str]] = Counter()
    for held in seeds:
        known = {job: row for job, row in table.items() if job[2] != held}
        usual = {t: np.mean([row for job, row in known.items() if job[1] == t], axis=0) for t in TYPES}
        spread = np.std([row - usual[job[1]] for job, row in known.items()], axis=0) + 1e-9
        centres = {
            (s, t): np.mean([row for job, row in known.items() if job[:2] == (s, t)], axis=0)
            for s in styles
            for t in TYPES
        }
        for style in styles:
            for type_ in TYPES:
                own = table[style, type_, held]
                away = {s: float(np.abs((own - centres[s, type_]) / spread).sum()) for s in styles}
                found[style, min(away, key=lambda s: away[s])] += 1
    return found


def say(text: str) -> None:
    """A line of the result."""
    sys.stdout.write(f"{text}\n")


def main() -> None:
    """Measure and print."""
    seeds = range(1, 1 + int(sys.argv[1] if len(sys.argv) > 1 else 5))
    names = (file.name for file in files("cuesmith.styles").iterdir())
    styles = tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))
    jobs = [(style, type_, seed) for style in styles for type_ in TYPES for seed in seeds]
    with Pool() as pool:
        table = dict(zip(jobs, pool.map(measured, jobs, chunksize=4), strict=True))
    found = nearest(table, styles, seeds)
    right = sum(found[s, s] for s in styles)
    say(f"{right} of {len(jobs)} right ({right / len(jobs):.0%}); by chance {1 / len(styles):.0%}")
    for style in styles:
        total = len(TYPES) * len(seeds)
        others = [(n, other) for (s, other), n in found.items() if s == style and other != style]
        confused = ", ".join(f"{o} {n}" for n, o in sorted(others, reverse=True))
        say(f"{style:16} {found[style, style] / total:4.0%} {confused}")
    say("furthest from the usual, in spreads:")
    usual = {t: np.mean([table[s, t, n] for s in styles for n in seeds], axis=0) for t in TYPES}
    spread = np.std([row - usual[job[1]] for job, row in table.items()], axis=0) + 1e-9
    for style in styles:
        mean = np.mean([(table[style, t, n] - usual[t]) / spread for t in TYPES for n in seeds], axis=0)
        top = sorted(range(len(NAMES)), key=lambda i: -abs(mean[i]))[:4]
        say(f"  {style:16} " + "; ".join(f"{NAMES[i]} {mean[i]:+.1f}" for i in top))


if __name__ == "__main__":
    main()
