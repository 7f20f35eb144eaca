"""Train the model of `cuesmith.themes.expectation` from folk songs and write its counts.

    python -m tools.train_expectation [--output FILE] [--every N]

The songs are those of the Essen collection in music21's corpus (COLLECTIONS). No notes are written, only how often
something followed something else, and only what was seen often enough. The same corpus gives the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import importlib.util
import itertools
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from cuesmith.themes.expectation import SIZES, Expectations, both_distributions, distributions, read_expectations
from cuesmith.themes.melody_views import LETTERS, LONGEST_MATCH, PITCH_VIEWS, RHYTHM_VIEWS, view_melody
from cuesmith.themes.surprise_profile import figures
from tools.folk_tunes import Tune, read_tunes

OUTPUT = Path(__file__).resolve().parents[1] / "engine/cuesmith/themes/expectation.json"
# files of music21/corpus/essenFolksong by collection; left out: tests, variants, songs printed first after 1950
COLLECTIONS = {
    "german": ("altdeu10", "altdeu20", "boehme10", "boehme20", "erk10", "erk20", "erk30", "fink0", "zuccal0"),
    "children": ("kinder0",),
    "ballads": ("ballad10", "ballad20", "ballad30", "ballad40", "ballad50", "ballad60", "ballad70", "ballad80"),
    "borders": ("dva0", "lot", "lux"),  # Lorraine, Luxembourg
    "elsewhere": ("erk5", "folkHaydn"),  # Iceland, Haydn's folk songs
    "chinese": ("han1", "han2"),
}
PARTS = 10  # one of them is for measuring, one for calibrating
SAME = 8  # tunes that begin with the same so many intervals are variants: one is enough
LEAST = 6  # times a context was seen, at least
GAIN = 12.0  # bits a context must save over all it saw to be kept
BARS = 8  # human figures are those of so many bars, the length of a theme
QUANTILES = 20
STEPS = 60  # of expectation maximisation

Orders = list[dict[str, Counter[int]]]


def corpus_folder() -> Path:
    """Where music21 keeps the Essen songs. Raises FileNotFoundError when it came without its corpus."""
    found = importlib.util.find_spec("music21")  # its files are enough; importing it would take a second
    folders = found.submodule_search_locations if found else None
    folder = Path(folders[0] if folders else "music21", "corpus", "essenFolksong")
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is missing: install music21 with its corpus")
    return folder


def gather(every: int = 1) -> dict[str, list[Tune]]:
    """The songs by collection, variants once. every: only each so-manieth tune of a file (for a quick try)."""
    folder = corpus_folder()
    seen: set[tuple[int, ...]] = set()
    out: dict[str, list[Tune]] = {}
    for collection, names in COLLECTIONS.items():
        out[collection] = []
        for name in names:
            for tune in read_tunes(folder / f"{name}.abc", final_is_tonic=collection == "chinese", every=every):
                if opening(tune) not in seen:
                    seen.add(opening(tune))
                    out[collection].append(tune)
    return out


def opening(tune: Tune) -> tuple[int, ...]:
    """The intervals a tune begins with."""
    pitches = [pitch for _, _, pitch in tune.notes[: SAME + 1]]
    return tuple(b - a for a, b in itertools.pairwise(pitches))


def part(tune: Tune) -> str:
    """What a tune is for, drawn by its first intervals, so that variants stay together.

    `measure`: shows whether the model works, never looked at in training; `calibrate`: gives the shares of what is
    mixed in and the human figures; `learn`: is counted.
    """
    head = ",".join(map(str, opening(tune)[:5]))
    drawn = hashlib.blake2b(head.encode(), digest_size=2).digest()[0] % PARTS
    return {0: "measure", 1: "calibrate"}.get(drawn, "learn")


def excerpt(tune: Tune) -> Tune:
    """The first bars of a tune, as many as a theme has."""
    first = tune.notes[0][0] // tune.meter.bar_ticks
    end = (first + BARS + (tune.notes[0][0] > 0)) * tune.meter.bar_ticks
    return tune._replace(notes=tuple(note for note in tune.notes if note[0] < end))


def count(tunes: Iterable[Tune]) -> dict[str, dict[str, Orders]]:
    """Family → viewpoint → by order: context → how often each symbol came."""
    families: dict[str, dict[str, Orders]] = {
        "pitch": {view: [] for view in PITCH_VIEWS},
        "step": {"step": []},
        "rhythm": {view: [] for view in RHYTHM_VIEWS},
        "opening": {"first": []},
    }
    for tune in tunes:
        views = view_melody(tune.notes, tune.key, tune.meter)
        for family, seen in zip(families.values(), (views.pitch, views.step, views.rhythm, views.opening), strict=True):
            for orders, contexts in zip(family.values(), seen.contexts, strict=True):
                _add(orders, contexts, seen.symbols)
    return families


def _add(orders: Orders, contexts: Sequence[str], symbols: Sequence[int]) -> None:
    for context, symbol in zip(contexts, symbols, strict=True):
        for length in range(len(context) + 1):
            if length == len(orders):
                orders.append(defaultdict(Counter))
            orders[length][context[:length]][symbol] += 1


def pruned(orders: Orders, size: int) -> list[dict[str, Any]]:
    """The counts as they are written: contexts worth keeping, in order; symbols as letters beside their counts.

    A context is worth keeping when it was seen often enough and tells GAIN bits more of all that it saw than the
    context a letter shorter, or when a longer one needs it.
    """
    odds: dict[str, dict[int, float]] = {}
    worth: set[str] = {""}
    for length, table in enumerate(orders):
        for context, counts in table.items():
            above = odds.get(context[:-1], {}) if length else {}
            if length and (context[:-1] not in odds or counts.total() < LEAST):
                continue
            kinds, total = len(counts), counts.total()
            even = 1 / size
            smooth = {s: kinds * p / (total + kinds) for s, p in above.items()}
            for symbol, number in counts.items():
                smooth[symbol] = (number + kinds * above.get(symbol, even)) / (total + kinds)
            odds[context] = smooth
            gain = sum(n * math.log2(smooth[s] / above.get(s, even)) for s, n in counts.items())
            if gain >= GAIN:
                worth.update(context[:end] for end in range(1, length + 1))
    out: list[dict[str, Any]] = []
    for table in orders:
        rows = {c: dict(sorted(counts.items())) for c, counts in sorted(table.items()) if c in worth}
        if rows:
            out.append(
                {
                    "contexts": list(rows),
                    "symbols": ["".join(LETTERS[symbol] for symbol in row) for row in rows.values()],
                    "counts": [number for row in rows.values() for number in row.values()],
                }
            )
    return out


def train(every: int = 1) -> bytes:
    """The file: provenance, counts, and the figures of the tunes kept for calibrating."""
    collections = gather(every)
    tunes = [tune for found in collections.values() for tune in found]
    parts = {name: [tune for tune in tunes if part(tune) == name] for name in ("learn", "calibrate", "measure")}
    learnt, kept = parts["learn"], parts["calibrate"]
    data: dict[str, Any] = {
        "about": {
            "made by": "tools/train_expectation.py",
            "corpus": f"Essen Folksong Collection (EsAC; ABC by S. Schlien) as in music21 {_version()}",
            "collections": {
                name: {"files": list(COLLECTIONS[name]), "tunes": len(found), "notes": _notes(found)}
                for name, found in collections.items()
            },
            "parts": {name: {"tunes": len(found), "notes": _notes(found)} for name, found in parts.items()},
            "least": LEAST,
            "gain": GAIN,
        },
        "families": {
            family: {view: pruned(orders, SIZES[family]) for view, orders in views.items()}
            for family, views in count(learnt).items()
        },
        "by step": 0.0,
        "repeats": {family: [0.0] * (LONGEST_MATCH + 1) for family in SIZES},
        "human": {},
    }
    data["repeats"] |= repeats(read_expectations(_text(data)), kept)
    data["by step"] = by_step(read_expectations(_text(data)), kept)
    model = read_expectations(_text(data))
    rows = [figures(song.notes, song.key, song.meter, model) for song in map(excerpt, kept)]
    data["human"] = {name: _quantiles([getattr(row, name) for row in rows]) for name in rows[0].__slots__}
    return _text(data)


def repeats(model: Expectations, tunes: Sequence[Tune]) -> dict[str, list[float]]:
    """By family and length of match, the share of the odds that what is recalled comes again: the likeliest share.

    Found by expectation maximisation on tunes the model did not learn: on others it is too sure of itself.
    """
    came: dict[str, list[list[tuple[float, float]]]] = {
        family: [[] for _ in range(LONGEST_MATCH + 1)] for family in ("pitch", "rhythm")
    }
    for tune in tunes:
        views = view_melody(tune.notes, tune.key, tune.meter)
        pitches = [pitch for _, _, pitch in tune.notes]
        pitch_odds, _ = both_distributions(model, views, pitches)
        rhythm_odds = distributions(model.rhythm, views.rhythm)
        for family, seen, odds in (("pitch", views.pitch, pitch_odds), ("rhythm", views.rhythm, rhythm_odds)):
            for recall, symbol, row in zip(seen.recalls, seen.symbols, odds, strict=True):
                came[family][recall.length].append((float(row[symbol]), float(recall.symbol == symbol)))
    return {family: [0.0, *(_share(cases) for cases in lengths[1:])] for family, lengths in came.items()}


def by_step(model: Expectations, tunes: Sequence[Tune]) -> float:
    """The likeliest share of the odds of a pitch that is told by steps; found like `repeats`."""
    cases = []
    for tune in tunes:
        views = view_melody(tune.notes, tune.key, tune.meter)
        odds, steps = both_distributions(model, views, [pitch for _, _, pitch in tune.notes])
        cases += [(float(odds[i, s]), float(steps[i, s])) for i, s in enumerate(views.pitch.symbols)]
    return _share(cases)


def _share(cases: Sequence[tuple[float, float]]) -> float:
    """The weight of the second of two distributions that makes all cases likeliest."""
    share = 0.1
    for _ in range(STEPS):
        share = sum(share * b / (share * b + (1 - share) * a) for a, b in cases) / max(1, len(cases))
    return round(share, 3)


def _version() -> str:
    return importlib.metadata.version("music21")


def _notes(tunes: Sequence[Tune]) -> int:
    return sum(len(tune.notes) for tune in tunes)


def _quantiles(values: list[float]) -> list[float]:
    ranked = sorted(values)
    places = [step * (len(ranked) - 1) / QUANTILES for step in range(QUANTILES + 1)]
    low = [(place, math.floor(place)) for place in places]
    return [
        round(ranked[at] + (place - at) * (ranked[min(at + 1, len(ranked) - 1)] - ranked[at]), 3) for place, at in low
    ]


def _text(data: dict[str, Any]) -> bytes:
    """JSON, one table to a line."""
    lines = [
        f'"about": {json.dumps(data["about"], ensure_ascii=False)}',
        *(f'"{name}": {json.dumps(data[name])}' for name in ("by step", "repeats", "human")),
    ]
    families = []
    for family, views in data["families"].items():
        inner = [
            f"{json.dumps(view)}: [\n"
            + ",\n".join(json.dumps(table, ensure_ascii=False, separators=(",", ":")) for table in orders)
            + "\n]"
            for view, orders in views.items()
        ]
        families.append(f"{json.dumps(family)}: {{\n" + ",\n".join(inner) + "\n}")
    lines.append('"families": {\n' + ",\n".join(families) + "\n}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Train the model of melodic expectation.")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--every", type=int, default=1, help="only each so-manieth tune, for a quick try")
    asked = parser.parse_args()
    text = train(asked.every)
    asked.output.write_bytes(text)
    print(f"{asked.output}: {len(text)} bytes")
    print(json.dumps(json.loads(text)["about"], ensure_ascii=False))


if __name__ == "__main__":
    main()
