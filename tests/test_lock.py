"""The lock file is valid for every Python and system, has all requirements, and names no download address."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "darwin": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    "win32": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
}
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


class Pin(NamedTuple):
    """One entry of the lock file: what is pinned, under which condition, and how many files it allows."""

    requirement: Requirement
    hashes: int


def _pins() -> list[Pin]:
    text = (ROOT / "requirements.lock").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return [Pin(Requirement(line.partition("--hash")[0]), len(HASH.findall(line))) for line in lines]


PINS = _pins()


def _environment(python: str, system: str) -> dict[str, str]:
    names = {"python_version": python, "python_full_version": f"{python}.0", "implementation_name": "cpython"}
    return {**names, "platform_python_implementation": "CPython", **SYSTEMS[system]}


def _holds(requirement: Requirement, environment: dict[str, str]) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(environment)


def _asked() -> list[Requirement]:
    project = PROJECT["project"]
    extras = [one for extra in project["optional-dependencies"].values() for one in extra]
    return [Requirement(one) for one in [*project["dependencies"], *extras, *PROJECT["build-system"]["requires"]]]


def test_every_pin_is_one_version_with_hashes() -> None:
    for pin in PINS:
        assert re.fullmatch(r"==[^,*]+", str(pin.requirement.specifier)), pin
        assert pin.hashes > 0, pin


def test_no_address_and_no_option_stands_in_the_lock() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in text
    assert not [line for line in text.splitlines() if line.startswith("-")]


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_what_the_project_asks_for_is_pinned_once_and_fits(python: str, system: str) -> None:
    """It fails when pyproject.toml has changed and `make lock` was not run."""
    environment = _environment(python, system)
    pinned: dict[str, list[Requirement]] = {}
    for pin in PINS:
        if _holds(pin.requirement, environment):
            pinned.setdefault(canonicalize_name(pin.requirement.name), []).append(pin.requirement)
    assert all(len(found) == 1 for found in pinned.values())
    for wanted in _asked():
        (found,) = pinned[canonicalize_name(wanted.name)]
        version = str(found.specifier).removeprefix("==")
        assert wanted.specifier.contains(version), (str(wanted), version)


def test_the_commit_hook_is_make_lint() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    hooks = [hook["entry"] for repo in config["repos"] for hook in repo["hooks"]]
    recipe = re.search(r"^lint:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert recipe is not None
    assert hooks == [line.strip().replace("$(BIN)", ".venv/bin") for line in recipe[1].splitlines()]
