"""`cuesmith calibrate`: measure a soundfont once, so that its instruments get the right level in the mix."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cuesmith.cli.output import note, progress, say, say_json, table

if TYPE_CHECKING:
    from cuesmith_render import Calibrated

SHOWN = 12  # number of programs in the printed table: those with the greatest corrections
OUT_OF_TUNE_CENTS = 12.0


def calibrate(
    font: Annotated[
        Path | None,
        typer.Argument(metavar="FONT", help="A soundfont (.sf2, .sf3); default: the one that would be used."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Measure it again even if it was measured before.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything measured as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Measure level, attack time and tuning of each instrument of a soundfont. Later renders use the result."""
    from cuesmith_render import calibrate as measure_font

    with progress(quiet=quiet or as_json) as step:
        found = measure_font(font, force=force, on_progress=step)
    if as_json:
        say_json(
            {"soundfont": str(found.soundfont.path), "cache": str(found.path), "fresh": found.fresh, **found.table}
        )
    elif not quiet:
        say(_report(found))


def hint(soundfont: Path | None, *, quiet: bool = False) -> None:
    """Print a line on stderr when the soundfont about to be used has not been measured."""
    from cuesmith_render import calibration_here

    if not quiet and calibration_here(soundfont).origin == "none":
        name = "" if soundfont is None else f" {shlex.quote(str(soundfont))}"
        note(
            "cuesmith: this soundfont has not been measured, so its instruments may be out of balance; "
            f"to correct that, run once: cuesmith calibrate{name} (it takes half a minute)"
        )


def _report(found: Calibrated) -> str:
    data = found.table
    rows = _rows(data)
    rows.sort(key=lambda row: -abs(float(row[2])))
    shown = table(("program", "instrument", "dB", "onset ms", "tail ms", "cents", "remarks"), rows[:SHOWN])
    gains = [float(row[2]) for row in rows]
    drums, kits = len(data["drums"]), len(next(iter(data["kits"].values()), {}))
    lines = [
        shown,
        "",
        f"{data['font']}: {len(rows)} programs from {min(gains):+.1f} to {max(gains):+.1f} dB (above: the {SHOWN} that"
        f" are moved furthest), {drums} drums, {kits} kits",
    ]
    if data["missing_programs"]:
        lines.append(f"missing programs: {', '.join(map(str, data['missing_programs']))}")
    lines.append(f"{'measured and kept' if found.fresh else 'known already (--force measures again)'}: {found.path}")
    return "\n".join(lines)


def _rows(data: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Return number, name, gain, onset, tail, cents and remarks of each program."""
    from cuesmith.export.gm import instrument_name

    silent: Mapping[str, list[int]] = next(iter(data["silent_keys"].values()), {})
    rows: list[tuple[str, ...]] = []
    for program, gain_db, _, onset_ms, tail_ms, _, _, cents in data["programs"]:
        remarks = []
        if str(program) in silent:
            remarks.append(f"{len(silent[str(program)])} silent keys")
        if cents is not None and abs(cents) > OUT_OF_TUNE_CENTS:
            remarks.append("out of tune, or no clear pitch")
        tuning = "-" if cents is None else f"{cents:+.0f}"
        rows.append(
            (str(program), instrument_name(program, drums=False), f"{gain_db:+.1f}", str(onset_ms), str(tail_ms),
             tuning, "; ".join(remarks))
        )  # fmt: skip
    return rows
