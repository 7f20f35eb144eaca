"""Commands that install what is missing, as they work from where the user is.

Cuesmith is on no package index, so the name alone installs nothing: an extra is installed from wherever Cuesmith itself
came from. pip keeps that in `direct_url.json` (PEP 610) beside the metadata of the package.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

PACKAGE = "cuesmith"


def pip_install(*arguments: str) -> str:
    """The shell command by which this Python installs packages, quoted for the user's shell.

    It names the interpreter, so that it reaches the environment Cuesmith runs in, activated or not. Environments made
    by uv hold no pip; there it is uv's own command.
    """
    installer = [sys.executable, "-m", "pip", "install"]
    if find_spec("pip") is None:
        installer = ["uv", "pip", "install", "--python", sys.executable]
    command = [*installer, *arguments]
    return subprocess.list2cmdline(command) if os.name == "nt" else shlex.join(command)


def remedy_for_extra(extra: str) -> str:
    """The shell command that installs an extra of Cuesmith (`audio`) into the environment it runs in.

    From a checkout or a folder it names that folder, from a wheel or a repository its address. Where none is known,
    or the file has gone since, it names the packages of the extra, which can be installed from anywhere.
    """
    try:
        distribution = importlib.metadata.distribution(PACKAGE)
    except importlib.metadata.PackageNotFoundError:  # run from the source text, never installed
        return f"install the packages that pyproject.toml lists for the extra '{extra}'"
    origin = json.loads(distribution.read_text("direct_url.json") or "{}")
    source = _source(origin, extra)
    return pip_install(*source) if source else pip_install(*_packages(distribution.requires or [], extra))


def _source(origin: dict[str, Any], extra: str) -> list[str]:
    """What pip is told in order to install the same Cuesmith with the extra; [] where that would not work."""
    url = str(origin.get("url", ""))
    path = _path(url)
    if path is not None and not path.exists():
        return []
    if "dir_info" in origin and path is not None:
        editable = ["-e"] if origin["dir_info"].get("editable") else []
        return [*editable, f"{path}[{extra}]"]
    if "vcs_info" in origin:
        vcs = origin["vcs_info"]
        return [f"{PACKAGE}[{extra}] @ {vcs['vcs']}+{url}@{vcs['commit_id']}"]
    return [f"{PACKAGE}[{extra}] @ {url}"] if url else []


def _path(url: str) -> Path | None:
    """The file or folder that a `file:` address names; None for other addresses."""
    parts = urlsplit(url)
    if parts.scheme != "file":
        return None
    return Path(url2pathname(parts.path))


def _packages(requirements: list[str], extra: str) -> list[str]:
    """The requirements that an extra adds, as metadata has them: `scipy>=1.11.1; extra == "audio"`."""
    found = []
    for requirement in requirements:
        what, _, marker = requirement.partition(";")
        if re.search(rf"\bextra\s*==\s*['\"]{re.escape(extra)}['\"]", marker):
            found.append(what.strip())
    return found
