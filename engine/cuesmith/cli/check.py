"""`cuesmith check`: validate styles and shows, and print every fault with its place in the file."""

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
_SHOW_KEYS = ("themes", "album")  # a file with one of these keys is a show, even without cues


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result for one file. `kind` is None when it could not be found out; `errors` is empty for a valid file."""

    file: str
    kind: Kind | None
    errors: tuple[str, ...] = ()
    exit_code: int = 0


def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Styles and shows, or folders of them.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdicts as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Check styles and shows. The content of a file decides which of the two it is."""
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
    """Return whether a document is a style or a show, by its top-level keys; None when it is neither."""
    data = document.data
    if not isinstance(data, dict):
        return None
    if any(key in data for key in _STYLE_KEYS):
        return "style"
    if isinstance(data.get("cues"), list) or any(key in data for key in _SHOW_KEYS):
        return "show"
    return "style" if "extends" in data else None


def verdict_of(path: Path) -> Verdict:
    """Read and validate one file. Errors are returned in the verdict, not raised."""
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
    """Yield the given files; for a folder, the YAML files in it, sorted by name."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(file for file in path.iterdir() if file.suffix in (".yaml", ".yml"))
        if not inside:
            raise UsageError(f"{path}: no .yaml file in this folder; name the files to check")
        yield from inside
