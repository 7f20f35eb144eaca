"""Commands in remedies work from the user's folder, for every way of installing Cuesmith."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cuesmith import remedies
from cuesmith.remedies import pip_install, remedy_for_extra

REQUIRES = (
    "numpy>=1.26",
    'soundfile>=0.12; extra == "audio"',
    "scipy>=1.11.1 ; extra == 'audio'",
    'audioread>=3; extra == "audio-extra"',
    'pytest>=8; extra == "dev"',
)
PIP = [sys.executable, "-m", "pip", "install"]

From = Callable[[dict[str, Any] | None], list[str]]


def words(command: str) -> list[str]:
    """Split a command as the shell would."""
    if os.name == "nt":
        return [word.strip('"') for word in shlex.split(command, posix=False)]
    return shlex.split(command)


@pytest.fixture
def remedy_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> From:
    """Return the words of the remedy for the extra `audio` when pip recorded this origin (None: nothing recorded)."""

    def remedy(origin: dict[str, Any] | None) -> list[str]:
        head = ["Metadata-Version: 2.1", "Name: cuesmith", "Version: 0.1.0"]
        text = "\n".join([*head, *(f"Requires-Dist: {one}" for one in REQUIRES), ""])
        left_by_building = tmp_path / "metadata" / "cuesmith.egg-info"
        info = tmp_path / "metadata" / "cuesmith-0.1.0.dist-info"
        for folder, name in ((left_by_building, "PKG-INFO"), (info, "METADATA")):
            folder.mkdir(parents=True)
            (folder / name).write_text(text, "utf-8")
        if origin is not None:
            (info / "direct_url.json").write_text(json.dumps(origin), "utf-8")
        found = [importlib.metadata.Distribution.at(folder) for folder in (left_by_building, info)]
        monkeypatch.setattr(importlib.metadata, "distributions", lambda name: found)
        return words(remedy_for_extra("audio"))

    return remedy


def test_from_a_checkout_it_names_the_folder(remedy_from: From, tmp_path: Path) -> None:
    checkout = tmp_path / "my music"
    checkout.mkdir()
    told = remedy_from({"url": checkout.as_uri(), "dir_info": {"editable": True}})
    assert told == [*PIP, "-e", f"{checkout}[audio]"]


def test_from_a_folder_that_was_not_installed_for_editing(remedy_from: From, tmp_path: Path) -> None:
    assert remedy_from({"url": tmp_path.as_uri(), "dir_info": {}}) == [*PIP, f"{tmp_path}[audio]"]


def test_from_a_wheel_it_names_the_wheel(remedy_from: From, tmp_path: Path) -> None:
    wheel = tmp_path / "cuesmith-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"")
    told = remedy_from({"url": wheel.as_uri(), "archive_info": {}})
    assert told == [*PIP, f"cuesmith[audio] @ {wheel.as_uri()}"]


def test_from_a_repository_it_names_the_commit(remedy_from: From) -> None:
    vcs = {"vcs": "git", "commit_id": "0123abc", "requested_revision": "main"}
    told = remedy_from({"url": "https://example.org/cuesmith.git", "vcs_info": vcs})
    assert told == [*PIP, "cuesmith[audio] @ git+https://example.org/cuesmith.git@0123abc"]


@pytest.mark.parametrize("kind", ["dir_info", "archive_info"])
def test_where_the_source_has_gone_it_names_the_packages(remedy_from: From, tmp_path: Path, kind: str) -> None:
    assert remedy_from({"url": (tmp_path / "gone").as_uri(), kind: {}}) == [*PIP, "soundfile>=0.12", "scipy>=1.11.1"]


def test_where_no_source_is_known_it_names_the_packages(remedy_from: From) -> None:
    assert remedy_from(None) == [*PIP, "soundfile>=0.12", "scipy>=1.11.1"]


def test_never_installed_it_still_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remedies, "PACKAGE", "cuesmith-that-nobody-installed")
    assert "'audio'" in remedy_for_extra("audio")


def test_the_name_alone_is_never_the_remedy() -> None:
    """For the current installation, because Cuesmith is on no index."""
    assert words(remedy_for_extra("audio"))[-1] != "cuesmith[audio]"


def test_an_environment_without_pip_uses_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remedies, "find_spec", lambda name: None)
    assert words(pip_install("pygame-ce")) == ["uv", "pip", "install", "--python", sys.executable, "pygame-ce"]


def test_the_command_is_one_that_pip_takes(tmp_path: Path) -> None:
    """The remedy of this installation is run with pip's dry run, without access to any index."""
    command = [*words(remedy_for_extra("audio")), "--dry-run", "--no-index", "--no-deps", "--no-build-isolation"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
