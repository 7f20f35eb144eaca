"""This checkout against another commit, side by side in one run: `python -m benchmarks --base COMMIT`.

The commit is laid out in a temporary folder with an environment of its own, at the versions of today's lock. Every
case runs there and here in turns, each time in a fresh process, so that a slow moment of the machine meets both.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import NamedTuple
from zipfile import ZipFile

from benchmarks.measure import markdown
from benchmarks.one_case import CASES

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "benchmarks" / "one_case.py"
HEAD = ("case", "base", "here", "here / base", "lowest", "highest", "same result")


class Compared(NamedTuple):
    """A case on both sides: the median of each, in seconds of CPU time, and the ratios here to base, a round each."""

    case: str
    base_sec: float
    here_sec: float
    ratios: tuple[float, ...]
    same: bool

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of the table, in the columns of `HEAD`; below 1 is less time here."""
        ratios = (f"{ratio:.2f}×" for ratio in (median(self.ratios), min(self.ratios), max(self.ratios)))
        return (self.case, f"{self.base_sec:.3f} s", f"{self.here_sec:.3f} s", *ratios, "yes" if self.same else "no")


@contextmanager
def interpreter_of(commit: str) -> Iterator[str]:
    """The Python of an environment in which Cuesmith is as it was at the commit; gone afterwards.

    Raises SystemExit when there is no such commit or it cannot be installed.
    """
    archive = subprocess.run(["git", "archive", "--format=zip", commit], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode != 0:
        sys.exit(f"no commit '{commit}' here: {archive.stderr.decode().strip()}")
    with tempfile.TemporaryDirectory() as name:
        source, home = Path(name, "source"), Path(name, "environment")
        with ZipFile(BytesIO(archive.stdout)) as file:
            file.extractall(source)
        venv.create(home, with_pip=True, symlinks=os.name != "nt")
        python = str(home / ("Scripts" if os.name == "nt" else "bin") / "python")
        pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
        lock = ["--only-binary", ":all:", "--require-hashes", "-r", str(ROOT / "requirements.lock")]
        project = ["--no-index", "--no-deps", "--no-build-isolation", "-e", str(source)]
        for what in (lock, project):
            if subprocess.run([*pip, *what], check=False).returncode != 0:
                sys.exit(f"'{commit}' cannot be installed")
        yield python


def run_case(python: str, case: str) -> tuple[float, str]:
    """Seconds of CPU time that a case takes in a fresh process, and the hash of what it made."""
    command = [python, "-I", str(SCRIPT), case]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return told["sec"], told["made"]


def compare(base: str, case: str, rounds: int) -> Compared:
    """Measure one case on both sides in turns; `base` is the other interpreter. The first round is not counted."""
    runs = [(run_case(base, case), run_case(sys.executable, case)) for _ in range(rounds + 1)][1:]
    there, here = ([run[side][0] for run in runs] for side in (0, 1))
    ratios = tuple(mine / theirs for mine, theirs in zip(here, there, strict=True))
    return Compared(case, median(there), median(here), ratios, len({made for run in runs for _, made in run}) == 1)


def against(commit: str, rounds: int) -> str:
    """The table of all cases, this checkout against the commit."""
    print(f"setting up {commit}", file=sys.stderr)
    with interpreter_of(commit) as base:
        compared = []
        for case in CASES:
            print(f"measuring: {case}", file=sys.stderr)
            compared.append(compare(base, case, rounds))
    return markdown([HEAD, *(row.cells for row in compared)])
