"""Commands that install what is missing and work from any folder.

Cuesmith is on no package index, so its name alone installs nothing. An extra is installed from the same source as
Cuesmith itself. pip records this source in `direct_url.json` (PEP 610), beside the metadata of the package.
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
    """Return the shell command that installs packages for this Python, quoted for the user's shell.

    It names the interpreter, so it works in Cuesmith's environment even when that is not activated. Environments made
    by uv have no pip; for these the command is uv's own.
    """
    installer = [sys.executable, "-m", "pip", "install"]
    if find_spec("pip") is None:
        installer = ["uv", "pip", "install", "--python", sys.executable]
    command = [*installer, *arguments]
    return subprocess.list2cmdline(command) if os.name == "nt" else shlex.join(command)


def remedy_for_extra(extra: str) -> str:
    """Return the shell command that installs an extra of Cuesmith (`audio`) into its environment.

    For a checkout or a folder it names that folder; for a wheel or a repository its address. When the source is not
    known or no longer exists, it names the packages of the extra, which can be installed from anywhere.
    """
    found = list(importlib.metadata.distributions(name=PACKAGE))
    if not found:  # run from the source files, never installed
        return f"install the packages that pyproject.toml lists for the extra '{extra}'"
    # Run inside a checkout, Python also finds the metadata that building left there; only pip's record has the origin.
    records = (one.read_text("direct_url.json") for one in found)
    source = _source(json.loads(next(filter(None, records), "{}")), extra)
    return pip_install(*source) if source else pip_install(*_packages(found[0].requires or [], extra))


def _source(origin: dict[str, Any], extra: str) -> list[str]:
    """Return the arguments with which pip installs the same Cuesmith with the extra; empty when that would not work."""
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
    """Return the file or folder of a `file:` address; None for other addresses."""
    parts = urlsplit(url)
    if parts.scheme != "file":
        return None
    return Path(url2pathname(parts.path))


def _packages(requirements: list[str], extra: str) -> list[str]:
    """Return the requirements of an extra. Metadata has them in the form `scipy>=1.11.1; extra == "audio"`."""
    found = []
    for requirement in requirements:
        what, _, marker = requirement.partition(";")
        if re.search(rf"\bextra\s*==\s*['\"]{re.escape(extra)}['\"]", marker):
            found.append(what.strip())
    return found
