"""What pyproject.toml asks for, as requirements for pip: the newest releases of everything, or the oldest allowed.

    python -m tools.requirements newest|oldest

Needs nothing but Python: it is run before there is an environment. The floors stand in pyproject.toml alone.
"""

from __future__ import annotations

import argparse
import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
_FLOOR = re.compile(r"(?P<name>[\w.-]+)\s*>=\s*(?P<version>[\w.]+)")


def declared() -> list[str]:
    """Every requirement of the project and of its extras, as written."""
    project = tomllib.loads(PROJECT.read_text("utf-8"))["project"]
    return [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]


def floors() -> list[str]:
    """`numpy>=1.26.0` as `numpy==1.26.0`; what has no floor (the tools that check the source text) is left out."""
    return [_FLOOR.sub(r"\g<name>==\g<version>", one) for one in declared() if _FLOOR.match(one)]


def main(arguments: list[str] | None = None) -> None:
    """Print the requirements, one a line."""
    parser = argparse.ArgumentParser(prog="python -m tools.requirements", description=__doc__.partition("\n")[0])
    parser.add_argument("which", choices=("newest", "oldest"))
    which = parser.parse_args(arguments).which
    print(*(floors() if which == "oldest" else declared()), sep="\n")


if __name__ == "__main__":
    main()
