"""`cuesmith styles`, `types`, `feelings` and `schema`: list what is available, and what files may contain."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cuesmith.cli.output import say, say_json, table

AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


class SpecKind(StrEnum):
    """The kinds of file that users write."""

    STYLE = "style"
    SHOW = "show"


def styles(as_json: AsJson = False) -> None:
    """List the styles that can be used by name."""
    from cuesmith.errors import CuesmithError
    from cuesmith.specs.find import list_names
    from cuesmith.specs.load import load_style

    rows: list[dict[str, str]] = []
    for entry in list_names("style"):
        row = {"name": entry.name, "title": "", "origin": str(entry.origin), "about": ""}
        try:
            style = load_style(entry.name)
            row.update(title=style.title, about=style.about)
        except CuesmithError as fault:  # an invalid style of the user must not hide the others
            row["about"] = f"not valid: {str(fault).splitlines()[0]}"
        rows.append(row)
    if as_json:
        say_json(rows)
    else:
        say(table(("name", "title", "origin", "about"), [tuple(row.values()) for row in rows]))


def types(as_json: AsJson = False) -> None:
    """List the types of cue: usual seconds, shortest and longest, tempo, meters and ending."""
    from cuesmith.specs.banks.library import load_banks

    rows = load_banks().cue_types
    if as_json:
        say_json(
            [
                {
                    "id": id_,
                    "name": row.name,
                    "like": row.like,
                    "purpose": row.purpose,
                    "seconds": list(row.seconds),
                    "default_seconds": row.default_seconds,
                    "limits": list(row.limits),
                    "bpm": list(row.bpm),
                    "meters": list(row.meters),
                    "ending": row.ending,
                }
                for id_, row in rows.items()
            ]
        )
        return
    lines = [
        (id_, row.name, _span(row.seconds), _span(row.limits), _span(row.bpm), " ".join(row.meters), row.ending,
         f"like {row.like}: {row.purpose}" if row.like else row.purpose)
        for id_, row in rows.items()
    ]  # fmt: skip
    say(table(("id", "name", "seconds", "limits", "bpm", "meters", "ending", "purpose"), lines))


def feelings(as_json: AsJson = False) -> None:
    """List the feelings that a cue or a beat can have, with valence, arousal and tension of each."""
    from dataclasses import asdict

    from cuesmith.specs.banks.library import load_banks

    rows = load_banks().feelings
    if as_json:
        say_json([{"name": name, **asdict(row)} for name, row in rows.items()])
        return
    lines = [
        (name, row.kind, f"{row.valence:+g}", f"{row.arousal:g}", f"{row.tension:g}", row.recipe or "",
         " ".join(row.words), row.about)
        for name, row in rows.items()
    ]  # fmt: skip
    say(table(("name", "kind", "valence", "arousal", "tension", "recipe", "words", "about"), lines))


def _span(pair: tuple[float, float]) -> str:
    return f"{pair[0]:g}-{pair[1]:g}"


def schema(kind: Annotated[SpecKind, typer.Argument(help="Which kind of file.")]) -> None:
    """Print the JSON Schema of a style or a show, for editors that complete and check YAML."""
    from cuesmith.specs.schema import schema_text

    if kind is SpecKind.STYLE:
        from cuesmith.specs.style import Style

        text = schema_text(Style, title="Cuesmith style", extendable=True)
    else:
        from cuesmith.specs.show import Show

        text = schema_text(Show, title="Cuesmith show")
    say(text.removesuffix("\n"))
