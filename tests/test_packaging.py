"""Packaging: every package and data file is in the wheel, and the wheel works without the source checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

import mido
import pytest
import soundfile

ROOT = Path(__file__).resolve().parents[1]
SHIPPED_FOLDERS = ("engine", "render", "styles", "presets")
NEEDED_TO_BUILD = ("pyproject.toml", "README.md", "LICENSE", *SHIPPED_FOLDERS)
LEFT_BEHIND = ("__pycache__", "*.egg-info", "*.pyc")


class Installed(NamedTuple):
    """A virtual environment with the wheel in it, and an empty folder to work in."""

    home: Path
    work: Path
    env: dict[str, str]

    def run(self, tool: str, *arguments: str) -> str:
        """Return what a program of the environment prints; it must succeed."""
        command = [str(_bin(self.home) / tool), *arguments]
        answer = subprocess.run(command, cwd=self.work, env=self.env, capture_output=True, text=True)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout


def _setuptools() -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    return table


def _bin(home: Path) -> Path:
    return home / ("Scripts" if os.name == "nt" else "bin")


def _homes() -> dict[str, Path]:
    """Return folder in the checkout → package path in the wheel, the deepest folder first."""
    folders = {folder: Path(*name.split(".")) for name, folder in _setuptools()["package-dir"].items()}
    return dict(sorted(folders.items(), key=lambda item: -item[0].count("/")))


def _shipped(source: Path) -> Iterator[str]:
    """Return every file of the four folders under its path in the wheel."""
    for folder in SHIPPED_FOLDERS:
        for file in (source / folder).rglob("*"):
            if file.is_file():
                path = file.relative_to(source)
                start = next(start for start in _homes() if path.is_relative_to(start))
                yield (_homes()[start] / path.relative_to(start)).as_posix()


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout without build results, because setuptools would reuse an older `build/`."""
    copy = tmp_path_factory.mktemp("source")
    for name in NEEDED_TO_BUILD:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
        else:
            shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="session")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with the installed setuptools; nothing is downloaded."""
    out = tmp_path_factory.mktemp("wheel")
    how = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    command = [sys.executable, "-m", "pip", "wheel", *how, "--wheel-dir", str(out), str(source)]
    answer = subprocess.run(command, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in a fresh environment, away from the checkout.

    Its dependencies come from the environment of the tests, whose site-packages come last on the path. The editable
    install in them has no effect there, since .pth files work only in an environment's own site-packages.
    """
    home, work = tmp_path_factory.mktemp("venv"), tmp_path_factory.mktemp("work")
    venv.create(home, with_pip=False, symlinks=os.name != "nt")
    python = _bin(home) / "python"
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*command, str(wheel)], check=True, capture_output=True)
    lent = dict.fromkeys(sysconfig.get_path(key) for key in ("purelib", "platlib"))
    paths = {"base": str(home), "platbase": str(home)}
    (Path(sysconfig.get_path("purelib", vars=paths)) / "lent.pth").write_text("\n".join(lent), "utf-8")
    env = {
        name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "CUESMITH", "VIRTUAL_ENV"))
    }
    return Installed(home, work, env | {"HOME": str(work), "PYTHONSAFEPATH": "1"})


def test_every_package_is_listed_and_nothing_else() -> None:
    folders = {name: ROOT / folder for name, folder in _setuptools()["package-dir"].items()}
    found = {
        ".".join([name, *file.parent.relative_to(folder).parts])
        for name, folder in folders.items()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert found == set(_setuptools()["packages"])


def test_every_package_has_an_init_file() -> None:
    """Without one, an editable install does not find the package, although the wheel does."""
    folders = dict(_setuptools()["package-dir"])
    for package in _setuptools()["packages"]:
        start = next(name for name in sorted(folders, reverse=True) if f"{package}.".startswith(f"{name}."))
        rest = package.removeprefix(start).strip(".").split(".")
        assert Path(ROOT, folders[start], *filter(None, rest), "__init__.py").is_file(), package


def test_the_wheel_holds_every_file_and_no_other(source: Path, wheel: Path) -> None:
    with ZipFile(wheel) as file:
        held = {name for name in file.namelist() if ".dist-info/" not in name}
    assert held == set(_shipped(source))
    assert {"cuesmith/py.typed", "cuesmith_render/py.typed", "cuesmith/styles/symphonic.yaml"} <= held
    assert "cuesmith/styles/banks/scales.yaml" in held and "cuesmith_render/fluid/calibration.json" in held


def test_the_installed_package_is_the_wheel(installed: Installed) -> None:
    program = "import cuesmith, cuesmith_render; print(cuesmith.__file__); print(cuesmith_render.__file__)"
    for line in installed.run("python", "-c", program).splitlines():
        assert Path(line).resolve().is_relative_to(installed.home.resolve())


def test_the_installed_package_knows_the_styles(installed: Installed) -> None:
    program = (
        "import json; from cuesmith.specs.find import list_names;"
        "print(json.dumps({kind: [[e.name, e.origin] for e in list_names(kind)] for kind in ('style', 'show')}))"
    )
    known = json.loads(installed.run("python", "-c", program))
    for kind, folder in (("style", "styles"), ("show", "presets")):
        assert known[kind] == [[file.stem, "built-in"] for file in sorted((ROOT / folder).glob("*.yaml"))]


def test_the_installed_command_composes_and_renders(installed: Installed) -> None:
    asked = ("--style", "symphonic", "--type", "eyecatch", "--seconds", "5", "--seed", "7")
    installed.run("cuesmith", "cue", *asked, "-o", "x.mid", "-o", "x.flac")
    midi = mido.MidiFile(installed.work / "x.mid")
    assert midi.length == pytest.approx(5, abs=0.001)
    assert sum(message.type == "note_on" for track in midi.tracks for message in track) > 10
    samples, sample_rate = soundfile.read(installed.work / "x.flac")
    assert samples.shape[1] == 2 and 5 <= len(samples) / sample_rate < 15
    assert abs(samples).max() > 0.1
    assert {"x.mid", "x.flac"} == {file.name for file in installed.work.iterdir() if not file.name.startswith(".")}
