"""Measure whether the expectation model can tell songs from distorted songs, and how natural Cuesmith's own themes are.

    python -m tools.measure_expectation [--seeds N]

It prints the tables of docs/expectation.md. The tunes are the first eight bars of songs that were used neither to train
nor to calibrate the model.
"""

from __future__ import annotations

import argparse
import bisect
import itertools
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import fields
from statistics import mean, median

from cuesmith.chance import Stream, stream
from cuesmith.motif.model import Theme
from cuesmith.music.scale import MODES
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.load import load_style
from cuesmith.specs.show import ThemeSpec
from cuesmith.themes.expectation import contents
from cuesmith.themes.make import make_themes
from cuesmith.themes.melody_views import Sounding
from cuesmith.themes.surprise_profile import Figures, figures, naturalness, nearness, percentiles, surprise_at
from tools.folk_tunes import Tune, TuneNote
from tools.train_expectation import excerpt, gather, part

NAMES = tuple(field.name for field in fields(Figures))


def _with_pitches(tune: Tune, pitches: Sequence[int]) -> tuple[TuneNote, ...]:
    return tuple((onset, duration, pitch) for (onset, duration, _), pitch in zip(tune.notes, pitches, strict=True))


def shuffled_pitches(tune: Tune, draw: Stream) -> tuple[TuneNote, ...]:
    """Keep the rhythm, put the pitches in random order."""
    return _with_pitches(tune, draw.shuffled([pitch for _, _, pitch in tune.notes]))


def shuffled_rhythm(tune: Tune, draw: Stream) -> tuple[TuneNote, ...]:
    """Keep the pitches, put the times between notes in random order."""
    onsets = [note[0] for note in tune.notes]
    gaps = draw.shuffled([b - a for a, b in itertools.pairwise(onsets)])
    at = list(itertools.accumulate(gaps, initial=onsets[0]))
    return tuple((onset, 1, note[2]) for onset, note in zip(at, tune.notes, strict=True))


def random_walk(tune: Tune, draw: Stream) -> tuple[TuneNote, ...]:
    """Keep the rhythm, let the pitch move randomly through the scale by up to two steps."""
    step = tune.key.step_of(tune.notes[0][2])[0]
    steps = itertools.accumulate((draw.integer(-2, 2) for _ in tune.notes[1:]), initial=step)
    return _with_pitches(tune, [tune.key.pitch(step) for step in steps])


def random_notes(tune: Tune, draw: Stream) -> tuple[TuneNote, ...]:
    """Keep the rhythm, take random pitches of the scale within the range of the tune."""
    pitches = [note[2] for note in tune.notes]
    scale = {(tune.key.tonic + s) % 12 for s in MODES[tune.key.mode]}
    inside = [p for p in range(min(pitches), max(pitches) + 1) if p % 12 in scale] or pitches
    return _with_pitches(tune, [draw.choice(inside) for _ in pitches])


def reversed_pitches(tune: Tune, draw: Stream) -> tuple[TuneNote, ...]:
    """Keep the rhythm, reverse the pitches."""
    return _with_pitches(tune, [note[2] for note in reversed(tune.notes)])


def reversed_tune(tune: Tune, draw: Stream) -> tuple[TuneNote, ...]:
    """Reverse everything; the result ends where the tune began."""
    end = max(onset + duration for onset, duration, _ in tune.notes)
    bars = -(-end // tune.meter.bar_ticks) * tune.meter.bar_ticks
    return tuple((bars - onset - duration, duration, pitch) for onset, duration, pitch in reversed(tune.notes))


def one_note(tune: Tune, draw: Stream) -> tuple[TuneNote, ...]:
    """Keep the rhythm, on one pitch: a flat curve that should not pass as a song."""
    return _with_pitches(tune, [tune.notes[0][2]] * len(tune.notes))


DISTORTIONS: tuple[Callable[[Tune, Stream], tuple[TuneNote, ...]], ...] = (
    shuffled_pitches, shuffled_rhythm, random_walk, random_notes, reversed_pitches, reversed_tune, one_note,
)  # fmt: skip


def auc(lower: Sequence[float], higher: Sequence[float]) -> float:
    """Return how often one of the first is below one of the second (a tie counts half); 0.5 is chance."""
    ranked = sorted(lower)
    wins = (bisect.bisect_left(ranked, x) + bisect.bisect_right(ranked, x) for x in higher)
    return sum(wins) / (2 * len(lower) * len(higher))


def bits(notes: Sequence[Sounding], tune: Tune) -> float:
    """Return the mean information content in bits per note."""
    return mean(contents(notes, tune.key, tune.meter).total)


def measure_songs() -> None:
    """Compare held-out songs with distorted versions of them, and print a table."""
    tunes = [excerpt(t) for found in gather().values() for t in found if part(t) == "measure"]
    tunes = [t for t in tunes if len(t.notes) >= 8]
    human = [bits(t.notes, t) for t in tunes]
    natural = [naturalness(t.notes, t.key, t.meter) for t in tunes]
    shapes = [figures(t.notes, t.key, t.meter) for t in tunes]
    means = ", ".join(f"{name} {mean(getattr(s, name) for s in shapes):.2f}" for name in NAMES)
    print(f"{len(tunes)} songs: {mean(human):.3f} bits per note ({means}); naturalness {mean(natural):.2f}\n")
    print("| against | bits per note | AUC of bits | same tune | naturalness | AUC of naturalness |")
    print("|---|---|---|---|---|---|")
    for distort in DISTORTIONS:
        made = [distort(t, stream(1, distort.__name__, t.source, t.number)) for t in tunes]
        other = [bits(notes, t) for notes, t in zip(made, tunes, strict=True)]
        like = [naturalness(notes, t.key, t.meter) for notes, t in zip(made, tunes, strict=True)]
        pairs = mean((a < b) + 0.5 * (a == b) for a, b in zip(human, other, strict=True))
        print(
            f"| {distort.__name__.replace('_', ' ')} | {mean(other):.2f} | {auc(human, other):.3f} | {pairs:.3f}"
            f" | {mean(like):.2f} | {auc(like, natural):.3f} |"
        )


def climax(notes: Sequence[Sounding]) -> int:
    """Return the index of the highest note, the first if there are several."""
    return max(range(len(notes)), key=lambda i: (notes[i][2], -i))


def measure_themes(seeds: int) -> None:
    """Compare Cuesmith's themes of every character with human melodies, and print tables."""
    banks, style = load_banks(), load_style("symphonic")
    themes: dict[str, list[Theme]] = defaultdict(list)
    for character in banks.characters:
        for seed in range(seeds):
            themes[character].extend(make_themes({"a": ThemeSpec(character=character)}, style, banks, seed).values())
    print(f"\nmedian percentiles among songs, {seeds} seeds; bits of pitch and of rhythm per note\n")
    print(f"| character | bits | {' | '.join(NAMES)} | natural | below .2 | worst figure | at climax / by chance |")
    print("|---|---|" + "---|" * (len(NAMES) + 4))
    everything: list[tuple[float, str, int]] = []
    scales: dict[str, list[dict[str, float]]] = defaultdict(list)
    for character, found in [*themes.items(), ("all", [t for each in themes.values() for t in each])]:
        rows = []
        at_climax = []
        for seed, theme in enumerate(found):
            notes = theme.melody.realise(theme.key)
            information = contents(notes, theme.key, theme.melody.meter)
            shape = figures(notes, theme.key, theme.melody.meter)
            place = percentiles(shape)
            rows.append((shape, place, nearness(shape), naturalness(notes, theme.key, theme.melody.meter)))
            at_climax.append((surprise_at(information, [climax(notes)]), 1 / len(notes)))
            if character != "all":
                everything.append((rows[-1][3], character, seed))
            else:
                scales[theme.scale.name].append({**place, "natural": rows[-1][3]})
        worst = min(NAMES, key=lambda name: mean(row[2][name] for row in rows))
        middle = " | ".join(f"{median(row[1][name] for row in rows):.0f}" for name in NAMES)
        print(
            f"| {character} | {mean(r[0].pitch for r in rows):.2f} + {mean(r[0].rhythm for r in rows):.2f} | {middle}"
            f" | {mean(row[3] for row in rows):.2f} | {100 * mean(row[3] < 0.2 for row in rows):.0f} % | {worst}"
            f" | {mean(c for c, _ in at_climax):.2f} / {mean(c for _, c in at_climax):.2f} |"
        )
    print("\n| scale | themes | pitch | rhythm | natural |\n|---|---|---|---|---|")
    for name, places in sorted(scales.items(), key=lambda item: -mean(p["pitch"] for p in item[1])):
        middle = " | ".join(f"{median(p[which] for p in places):.0f}" for which in ("pitch", "rhythm"))
        print(f"| {name} | {len(places)} | {middle} | {mean(p['natural'] for p in places):.2f} |")
    print("\nleast natural:", ", ".join(f"{name} {seed} ({value:.2f})" for value, name, seed in sorted(everything)[:8]))


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Measure the model of melodic expectation.")
    parser.add_argument("--seeds", type=int, default=100)
    asked = parser.parse_args()
    measure_songs()
    if asked.seeds:
        measure_themes(asked.seeds)


if __name__ == "__main__":
    main()
