"""Compare this checkout with another commit, side by side in one run: `python -m benchmarks --base COMMIT`.

The commit is checked out into a temporary folder with its own environment, with the versions of the current lock file.
Every case runs there and here alternately, each time in a new process, so that a slow moment of the machine affects
both.
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
    """One case on both sides: the median CPU time of each in seconds, and for each round the ratio of here to base."""

    case: str
    base_sec: float
    here_sec: float
    ratios: tuple[float, ...]
    same: bool

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the row of the table, in the columns of `HEAD`.

        A ratio below 1 means that this checkout needs less time.
        """
        ratios = (f"{ratio:.2f}×" for ratio in (median(self.ratios), min(self.ratios), max(self.ratios)))
        return (self.case, f"{self.base_sec:.3f} s", f"{self.here_sec:.3f} s", *ratios, "yes" if self.same else "no")


@contextmanager
def interpreter_of(commit: str) -> Iterator[str]:
    """Yield the Python of an environment with Cuesmith as it was at the commit; it is deleted afterwards.

    Raises SystemExit when there is no such commit or it can't be installed.
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
    """Return the seconds of CPU time of a case in a new process, and the hash of its result."""
    command = [python, "-I", str(SCRIPT), case]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return told["sec"], told["made"]


def compare(base: str, case: str, rounds: int) -> Compared:
    """Measure one case on both sides alternately. `base` is the other interpreter. The first round is not counted."""
    runs = [(run_case(base, case), run_case(sys.executable, case)) for _ in range(rounds + 1)][1:]
    there, here = ([run[side][0] for run in runs] for side in (0, 1))
    ratios = tuple(mine / theirs for mine, theirs in zip(here, there, strict=True))
    return Compared(case, median(there), median(here), ratios, len({made for run in runs for _, made in run}) == 1)


def against(commit: str, rounds: int) -> str:
    """Return the table of all cases, comparing this checkout with the commit."""
    print(f"setting up {commit}", file=sys.stderr)
    with interpreter_of(commit) as base:
        compared = []
        for case in CASES:
            print(f"measuring: {case}", file=sys.stderr)
            compared.append(compare(base, case, rounds))
    return markdown([HEAD, *(row.cells for row in compared)])
