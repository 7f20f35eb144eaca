"""`cuesmith check`: whether styles and shows are valid, with every fault at its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cuesmith.cli.output import note, say, say_json
from cuesmith.errors import CuesmithError, SpecError, UsageError

if TYPE_CHECKING:
    from cuesmith.specs.yaml.document import Document

Kind = Literal["style", "show"]

_STYLE_KEYS = ("seats", "palette", "family")
_SHOW_KEYS = ("themes", "album")  # how a show is known whose cues are missing


@dataclass(frozen=True, slots=True)
class Verdict:
    """One file looked at. kind is None when it cannot be told; errors is empty for a valid file."""

    file: str
    kind: Kind | None
    errors: tuple[str, ...] = ()
    exit_code: int = 0


def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Styles and shows, or folders of them.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdicts as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Check styles and shows; which of the two a file is, is told from what it holds."""
    verdicts = [verdict_of(path) for path in _yaml_files(files)]
    bad = [verdict for verdict in verdicts if verdict.errors]
    if as_json:
        say_json([{"file": v.file, "kind": v.kind, "ok": not v.errors, "errors": list(v.errors)} for v in verdicts])
    for verdict in verdicts:
        for line in verdict.errors:
            note(line)
        if not (verdict.errors or quiet or as_json):
            say(f"{verdict.file}: ok ({verdict.kind})")
    if bad:
        note(f"cuesmith: {len(bad)} of {len(verdicts)} files {'is' if len(bad) == 1 else 'are'} not valid")
        raise typer.Exit(max(verdict.exit_code for verdict in bad))


def kind_of(document: Document) -> Kind | None:
    """Style or show, by the keys of the top level; None for neither."""
    data = document.data
    if not isinstance(data, dict):
        return None
    if any(key in data for key in _STYLE_KEYS):
        return "style"
    if isinstance(data.get("cues"), list) or any(key in data for key in _SHOW_KEYS):
        return "show"
    return "style" if "extends" in data else None


def verdict_of(path: Path) -> Verdict:
    """Read and validate one file; what is wrong is in the verdict, nothing is raised for it."""
    from cuesmith.specs.load import show_from, style_from
    from cuesmith.specs.yaml.document import read_document

    kind: Kind | None = None
    try:
        document = read_document(path)
        kind = kind_of(document)
        if kind == "style":
            style_from(document)
        elif kind == "show":
            show_from(document, path.parent)
        else:
            raise SpecError(f"{path}: neither a style (no 'seats') nor a show (no 'cues'); is it the right file?")
    except CuesmithError as fault:
        return Verdict(str(path), kind, tuple(str(fault).splitlines()), fault.exit_code)
    return Verdict(str(path), kind)


def _yaml_files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files themselves; of a folder, the YAML files in it, in order of name."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(file for file in path.iterdir() if file.suffix in (".yaml", ".yml"))
        if not inside:
            raise UsageError(f"{path}: no .yaml file in this folder; name the files to check")
        yield from inside
