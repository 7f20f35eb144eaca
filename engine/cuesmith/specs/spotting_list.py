"""Spotting lists: hit points written in a show, or read from CSV and EDL files.

CSV: `time,note[,kind,weight]`, with or without a header; separated by commas, tabs or semicolons. EDL (CMX 3600): its
    markers (`* LOC:` lines, or `|M:` lines of marker lists); an EDL without markers gives a light accent per cut.
    Timecodes that begin at a later hour count from that hour, because reels often start at 01:00:00:00.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NamedTuple, get_args

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic.dataclasses import dataclass

from cuesmith.errors import SpecError, UsageError, did_you_mean
from cuesmith.music.timecode import RATES, Rate, parse_rate, parse_time
from cuesmith.specs.banks.fields import STRICT
from cuesmith.specs.brief import Hit, HitKind

KINDS: tuple[str, ...] = get_args(HitKind)
MOST = 200  # hits in one cue
MAX_BYTES = 1_000_000
CUT_WEIGHT = 0.5  # weight of a cut without a marker
# header of a column → what it contains
COLUMNS = {
    "time": "time", "at": "time", "timecode": "time", "tc": "time", "seconds": "time", "position": "time",
    "note": "note", "name": "note", "description": "note", "comment": "note", "marker": "note",
    "kind": "kind", "type": "kind", "weight": "weight",
}  # fmt: skip
_EVENT = re.compile(r"^(\d{1,6})\s+\S+\s+\S+\s+\S.*?((?:\d{2}:\d{2}:\d{2}[:;]\d{2}\s*){4})$")
_LABEL = re.compile(r"\d{2}:\d{2}:\d{2}[:;]\d{2}")
_LOCATOR = re.compile(r"^\*\s*LOC:\s*(\S+)\s*(\S*)\s*(.*)$", re.IGNORECASE)
_MARKER = re.compile(r"\|M:([^|]*)")


def _time(value: object) -> object:
    """Check the form of a time written as text."""
    if isinstance(value, str):
        parse_time(value, RATES["30"])  # checks the form only; whether the frame exists depends on the rate
    return value


def _rate(value: object) -> str:
    """Return the name of a frame rate. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError("a frame rate is a number, such as 24, 25 or 29.97")
    return parse_rate(value).name


def clock_seconds(value: object) -> object:
    """Convert a length written as text to seconds; a timecode must name its frame rate. Other values are returned.

    Raises ValueError.
    """
    if not isinstance(value, str):
        return value
    if _LABEL.match(value) and "@" not in value:
        raise ValueError(f"'{value}' needs its frame rate: {value}@24")
    return parse_time(value)


TimeField = Annotated[
    Annotated[float, Field(ge=0)] | str, AfterValidator(_time), Field(examples=[12.4, "00:01:12:10@24"])
]
RateField = Annotated[
    str, BeforeValidator(_rate), WithJsonSchema({"enum": [24, 25, 30, 23.976, 29.97, *RATES], "default": "24"})
]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class HitSpec:
    """A moment of the picture that the music must meet.

    at: seconds, or a timecode, which may name its frame rate (`00:01:12:10@25`). weight: 0 (optional) to 1 (must be
        met).
    """

    at: TimeField
    kind: HitKind = "accent"
    weight: Annotated[float, Field(ge=0, le=1)] = 1.0
    note: str = ""

    def hit(self, rate: Rate) -> Hit:
        """Return the hit with its time in seconds. rate: of timecodes that name none.

        Raises ValueError for a frame that does not exist.
        """
        return Hit(parse_time(self.at, rate), self.kind, self.weight, self.note)


def read_hits(path: Path, rate: Rate, *, name: str | None = None) -> tuple[HitSpec, ...]:
    """Read the hits of a .csv (.tsv, .txt) or .edl file, sorted by time in seconds.

    rate: frame rate of timecodes that name none. name: the file's name in messages.
    Raises UsageError when it cannot be read, SpecError with every fault, one `file:line: message` per line.
    """
    shown = name or str(path)
    lines = text_lines(path, shown)
    faults: list[str] = []
    reader = _edl if path.suffix.lower() == ".edl" else _csv
    found = list(reader(lines, rate, shown, faults))
    if faults:
        raise SpecError("\n".join(faults))
    if not found:
        raise SpecError(f"{shown}: there is no hit in this file; a line is time,note such as 12.4,door slams")
    if len(found) > MOST:
        raise SpecError(f"{shown}: {len(found)} hits; a cue takes up to {MOST}")
    return tuple(sorted(found, key=lambda hit: (float(hit.at), hit.kind, hit.note)))


class TimedNote(NamedTuple):
    """A line of a list: its number, its time in seconds, its note, and the note's column (line, column from 1)."""

    line: int
    second: float
    note: str
    column: int


def read_notes_of(path: Path, rate: Rate, shown: str, faults: list[str]) -> list[TimedNote]:
    """Read the times and notes of a .csv or .edl file, line by line; of an EDL only its markers.

    Faults are added to `faults`. Raises UsageError when the file cannot be read.
    """
    lines = text_lines(path, shown)
    if path.suffix.lower() == ".edl":
        marks = [mark[:3] for mark in _marks(lines, rate, shown, faults) if mark[3]]
    else:
        marks = [(number, second, row.get("note", "")) for number, second, row in _rows(lines, rate, shown, faults)]
    return [TimedNote(number, second, note, lines[number - 1].find(note) + 1) for number, second, note in marks]


def text_lines(path: Path, shown: str) -> list[str]:
    """Return the lines of a file in any usual encoding.

    Raises UsageError when it cannot be read, SpecError when it is too large.
    """
    return _text(path, shown).splitlines()


def _text(path: Path, shown: str) -> str:
    """Read and decode a file."""
    try:
        data = path.read_bytes()
    except OSError as fault:
        reason = (fault.strerror or str(fault)).lower()
        near = did_you_mean(path.name, (f.name for f in path.parent.glob("*.*"))) if path.parent.is_dir() else ""
        raise UsageError(f"{shown}: the list cannot be read: {reason}{near if '?' in near else ''}") from None
    if len(data) > MAX_BYTES:
        raise SpecError(f"{shown}: larger than 1 MB, which no such list needs; is it the right file?")
    try:
        return data.decode("utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")  # older editors export this encoding


def _kind_in(note: str) -> tuple[HitKind, str]:
    """Return the kind of hit with which a note begins (default: accent), and the rest of the note."""
    word, _, rest = note.strip().partition(" ")
    plain = word.rstrip(":,").lower()
    for kind in get_args(HitKind):
        if plain == kind:
            return kind, rest.strip()
    return "accent", note.strip()


def _csv(lines: list[str], rate: Rate, shown: str, faults: list[str]) -> Iterator[HitSpec]:
    """Yield the hits of a table."""
    for number, second, row in _rows(lines, rate, shown, faults):
        hit = _row_hit(second, row, f"{shown}:{number}", faults)
        if hit is not None:
            yield hit


def _rows(lines: list[str], rate: Rate, shown: str, faults: list[str]) -> Iterator[tuple[int, float, dict[str, str]]]:
    """Yield line number, second and cells by column for each row of a table."""
    rows = [
        (number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.lstrip().startswith("#")
    ]
    if not rows:
        return
    sign = next((s for s in "\t," if s in rows[0][1]), ";")
    order = ["time", "note", "kind", "weight"]
    times: list[tuple[int, float, bool, dict[str, str]]] = []
    for place, (number, line) in enumerate(rows):
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=sign))]
        named = [COLUMNS.get(cell.lower(), "") for cell in cells]
        if place == 0 and "time" in named:
            order = named
            continue
        if len(cells) > len(order) and any(cells[len(order) :]):
            faults.append(f"{shown}:{number}: {len(cells)} columns, not {len(order)}; quote a note with commas in it")
            continue
        row = dict(zip(order, cells, strict=False))
        try:
            second = parse_time(row.get("time", ""), rate)
        except ValueError as fault:
            faults.append(f"{shown}:{number}: {fault}")
            continue
        times.append((number, second, _LABEL.match(row["time"]) is not None, row))
    hour = _first_hour([second for _, second, label, _ in times if label], len(times))
    for number, second, label, row in times:
        yield number, second - hour if label else second, row


def _first_hour(seconds: list[float], rows: int) -> float:
    """Return the full hour (in seconds) from which timecodes count, when every row is a timecode; else 0."""
    return float(min(seconds) // 3600 * 3600) if seconds and len(seconds) == rows else 0.0


def _row_hit(second: float, row: dict[str, str], place: str, faults: list[str]) -> HitSpec | None:
    """Return the hit of a row, or None after adding a fault."""
    kind, note = _kind_in(row.get("note", ""))
    asked = row.get("kind", "").lower()
    if asked:
        if asked not in KINDS:
            faults.append(f"{place}: unknown kind '{asked}'{did_you_mean(asked, KINDS)}")
            return None
        kind = next(known for known in get_args(HitKind) if known == asked)
        note = row.get("note", "").strip()
    weight = 1.0
    if row.get("weight"):
        try:
            weight = float(row["weight"])
        except ValueError:
            weight = -1.0
        if not 0.0 <= weight <= 1.0:
            faults.append(f"{place}: '{row['weight']}' is no weight; write a number from 0 to 1")
            return None
    return HitSpec(at=second, kind=kind, weight=weight, note=note)


def _edl(lines: list[str], rate: Rate, shown: str, faults: list[str]) -> Iterator[HitSpec]:
    """Yield the hits of an EDL."""
    for _, second, note, marked in _marks(lines, rate, shown, faults):
        kind, said = _kind_in(note)
        yield HitSpec(at=second, kind=kind, weight=1.0 if marked else CUT_WEIGHT, note=said)


def _marks(lines: list[str], rate: Rate, shown: str, faults: list[str]) -> Iterator[tuple[int, float, str, bool]]:
    """Yield line, second and note of each marker (True), or of each cut (False) in a list without markers."""
    cuts: list[tuple[int, str]] = []
    marks: list[tuple[int, str, str]] = []
    listed = False
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if text.upper().startswith("FCM:") and "NON" not in text.upper():
            rate = RATES["29.97"]
        event, locator = _EVENT.match(text), _LOCATOR.match(text)
        if event:
            # the timecodes are: source in, source out, record in, record out
            cuts.append((number, _LABEL.findall(event[2])[2]))
        elif locator:
            marks.append((number, locator[1], locator[3] or locator[2]))
        elif cuts and (named := _MARKER.search(text)):
            marks.append((cuts[-1][0], cuts[-1][1], named[1].strip()))
            listed = True
        elif re.match(r"\d{3,6}\s", text):
            faults.append(f"{shown}:{number}: no event of a CMX 3600 list: it needs four timecodes at its end")
    start = _second(cuts[0][1], rate, f"{shown}:{cuts[0][0]}", faults) if cuts else 0.0
    if listed and start is not None:
        start = start // 3600 * 3600  # in a list of markers the first line is a marker, not the beginning
    chosen = marks or [(number, label, "") for number, label in cuts[1:]]
    for number, label, note in chosen:
        second = _second(label, rate, f"{shown}:{number}", faults)
        if second is None or start is None:
            continue
        if second < start:
            faults.append(f"{shown}:{number}: {label} lies before the beginning of the list")
            continue
        yield number, second - start, note, bool(marks)


def _second(label: str, rate: Rate, place: str, faults: list[str]) -> float | None:
    """Convert a timecode to seconds, or add a fault and return None."""
    try:
        return parse_time(label, rate)
    except ValueError as fault:
        faults.append(f"{place}: {fault}")
        return None
