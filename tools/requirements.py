"""Print the dependencies of pyproject.toml as requirements for pip: the newest releases, or the oldest allowed ones.

    python -m tools.requirements newest|oldest

It needs only Python itself, because it is run before there is an environment. The lower limits are only in
pyproject.toml.
"""

from __future__ import annotations

import argparse
import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
_FLOOR = re.compile(r"(?P<name>[\w.-]+)\s*>=\s*(?P<version>[\w.]+)")


def declared() -> list[str]:
    """Return every requirement of the project and of its extras, as written."""
    project = tomllib.loads(PROJECT.read_text("utf-8"))["project"]
    return [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]


def floors() -> list[str]:
    """Return every requirement at its lower limit: `numpy>=1.26.0` gives `numpy==1.26.0`.

    Requirements without a lower limit (tools that check the source text) are left out.
    """
    return [_FLOOR.sub(r"\g<name>==\g<version>", one) for one in declared() if _FLOOR.match(one)]


def main(arguments: list[str] | None = None) -> None:
    """Print the requirements, one per line."""
    parser = argparse.ArgumentParser(prog="python -m tools.requirements", description=__doc__.partition("\n")[0])
    parser.add_argument("which", choices=("newest", "oldest"))
    which = parser.parse_args(arguments).which
    print(*(floors() if which == "oldest" else declared()), sep="\n")


if __name__ == "__main__":
    main()
