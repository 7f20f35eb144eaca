"""Find styles and shows: in the working directory, in the user's folder, then among the built-in ones."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias

from cuesmith.errors import UsageError, did_you_mean

Kind: TypeAlias = Literal["style", "show"]
Origin: TypeAlias = Literal["working directory", "user", "built-in"]

CONFIG_DIR_VARIABLE: Final = "CUESMITH_CONFIG_DIR"

_FOLDERS: Final = {"style": "styles", "show": "presets"}
_ENDINGS: Final = (".yaml", ".yml")
_NAME: Final = re.compile(r"\w[\w. -]*")  # no separators and no leading dot: a name stays in its folder


class NamedFile(NamedTuple):
    """A style or show with a name, and where it was found."""

    name: str
    origin: Origin
    file: Path | Traversable


def config_dir() -> Path:
    """Return the user's folder of Cuesmith: $CUESMITH_CONFIG_DIR, else the usual place of the platform."""
    chosen = os.environ.get(CONFIG_DIR_VARIABLE)
    if chosen:
        return Path(chosen)
    from platformdirs import user_config_dir  # imported here, because it is often not needed

    return Path(user_config_dir("cuesmith", appauthor=False))


def find_file(kind: Kind, name_or_path: str, *, working_dir: Path | None = None) -> Path | Traversable:
    """Return the file of a style or show. working_dir: None means the current directory.

    A text that ends in .yaml or .yml, or contains a path separator, is a path (relative to `working_dir`) and is not
    checked. Anything else is a name, looked up in styles/ or presets/ of the working directory, then of the user's
    folder, then among the built-in files.
    Raises UsageError for an unknown or impossible name.
    """
    if name_or_path.endswith(_ENDINGS) or "/" in name_or_path or "\\" in name_or_path:
        return Path(name_or_path) if working_dir is None else working_dir / name_or_path
    if not _NAME.fullmatch(name_or_path):
        message = f"'{name_or_path}' cannot be the name of a {kind}"
        raise UsageError(f"{message}; give a name, or the path of a .yaml file")
    for _, folder in _places(kind, working_dir):
        for name, file in _yaml_files(folder):
            if name == name_or_path:
                return file
    known = (entry.name for entry in list_names(kind, working_dir=working_dir))
    places = f"./{_FOLDERS[kind]}, {config_dir() / _FOLDERS[kind]} or Cuesmith itself"
    raise UsageError(f"no {kind} named '{name_or_path}' in {places}{did_you_mean(name_or_path, known)}")


def shown_name(kind: Kind, name_or_path: str) -> str:
    """Return what messages call the file of a style or show: its path as given, or folder and name."""
    if name_or_path.endswith(_ENDINGS) or "/" in name_or_path or "\\" in name_or_path:
        return name_or_path
    return f"{_FOLDERS[kind]}/{name_or_path}.yaml"


def list_names(kind: Kind, *, working_dir: Path | None = None) -> tuple[NamedFile, ...]:
    """List every name that `find_file` knows, in alphabetical order; of equal names, the one it would return."""
    found: dict[str, NamedFile] = {}
    for origin, folder in _places(kind, working_dir):
        for name, file in _yaml_files(folder):
            found.setdefault(name, NamedFile(name, origin, file))
    return tuple(found[name] for name in sorted(found))


def _places(kind: Kind, working_dir: Path | None) -> Iterator[tuple[Origin, Path | Traversable]]:
    """Yield the folders to search, in order."""
    folder = _FOLDERS[kind]
    yield "working directory", (working_dir or Path()) / folder
    yield "user", config_dir() / folder
    yield "built-in", files(f"cuesmith.{folder}")


def _yaml_files(folder: Path | Traversable) -> Iterator[tuple[str, Path | Traversable]]:
    """Yield name and file of the YAML files in a folder, .yaml before .yml; nothing when it cannot be read."""
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError:
        return
    for ending in _ENDINGS:
        for entry in entries:
            name = entry.name.removesuffix(ending)
            if name != entry.name and _NAME.fullmatch(name) and entry.is_file():
                yield name, entry
