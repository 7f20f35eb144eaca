"""The craft of cues as figures: `python -m tests.critic.craft FOLDER`, or with cues of its own.

    python -m tests.critic.craft out/                         every MIDI file there, with its explain JSON beside it
    python -m tests.critic.craft --seeds 5 -j 2 --json a.json composes 4 styles x 10 types x 5 seeds
    python -m tests.critic.craft --json-in a.json --compare b.json    a after b, both measured before
    python -m tests.critic.craft --definitions

No test: a measurement to read before and after the music is changed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from tests.critic.craft.make_cues import STYLES, Wish, all_composed, all_measured, midi_files, names_of, types_known
from tests.critic.craft.record import Record, from_data
from tests.critic.craft.table import compared, definitions, markdown, table_of


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.critic.craft", description="Measures the craft of cues.")
    parser.add_argument("paths", nargs="*", type=Path, help="MIDI files, or folders of them; none: compose")
    parser.add_argument("--styles", default="4", help="how many of the main styles, or names with commas")
    parser.add_argument("--types", default="10", help="how many of the commonest types, or names with commas")
    parser.add_argument("--seeds", type=int, default=2, help="seeds of each style and type, from 0")
    parser.add_argument("--seconds", type=float, default=75.0, help="length of the cues")
    parser.add_argument("-j", "--jobs", type=int, default=1, help="processes")
    parser.add_argument("--keep", type=Path, help="folder for the composed files (else a temporary one)")
    parser.add_argument("--json", type=Path, help="write the figures of every cue to this file")
    parser.add_argument("--json-in", type=Path, help="read figures written before instead of measuring")
    parser.add_argument("--compare", type=Path, help="figures written before: print before and after")
    parser.add_argument("--as-played", action="store_true", help="do not put early players back on the grid")
    parser.add_argument("--definitions", action="store_true", help="print what each measure is, and end")
    return parser


def _loaded(path: Path) -> list[Record]:
    return [from_data(data) for data in json.loads(path.read_text("utf-8"))]


def _records(asked: argparse.Namespace, folder: Path) -> list[Record]:
    if asked.json_in:
        return _loaded(asked.json_in)
    if asked.paths:
        return list(all_measured(midi_files(asked.paths), asked.jobs, asked.as_played))
    styles, types = names_of(asked.styles, STYLES), names_of(asked.types, types_known())
    wishes = [
        Wish(style, type_, seed, asked.seconds, str(folder), asked.as_played)
        for style, type_, seed in product(styles, types, range(asked.seeds))
    ]
    return list(all_composed(wishes, asked.jobs))


def main(arguments: Sequence[str]) -> int:
    """Measure, and write the table → exit code."""
    asked = _options().parse_args(arguments)
    if asked.definitions:
        sys.stdout.write(definitions())
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            cues = _records(asked, folder)
        except (OSError, ValueError) as fault:
            sys.stderr.write(f"{fault}\n")
            return 2
    if not cues:
        sys.stderr.write("no MIDI files there; name files or folders that have some\n")
        return 2
    if asked.json:
        asked.json.write_text(json.dumps([cue.as_data() for cue in cues], indent=1) + "\n", "utf-8")
    table = table_of(cues)
    sys.stdout.write(compared(table_of(_loaded(asked.compare)), table) if asked.compare else markdown(table))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
