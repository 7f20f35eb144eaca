"""`cuesmith style new`: begin your own style on top of another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuesmith.cli.guard import guarded
from cuesmith.cli.options import output_files, plain
from cuesmith.cli.output import say
from cuesmith.errors import UsageError

if TYPE_CHECKING:
    from cuesmith.specs.banks.library import Banks
    from cuesmith.specs.style import Seat, Style

style = typer.Typer(name="style", help="Begin a style of your own.", no_args_is_help=True)

SHOWN_CUES = ("main_theme", "daily", "tender", "battle")  # cue types whose tempo is shown in the starter file


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called, such as harbour-town.")],
    parent: Annotated[str, typer.Option("--from", metavar="S", help="The style it begins as.")] = "symphonic",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="File to write; usual: styles/NAME.yaml.")
    ] = None,
) -> None:
    """Write a starter file for a style. It sounds like its parent until you change a line; every line is explained."""
    from cuesmith.export.atomic import write_text
    from cuesmith.specs.banks.library import load_banks
    from cuesmith.specs.find import list_names
    from cuesmith.specs.load import load_style

    _check_name(name)
    taken = {entry.name: entry.origin for entry in list_names("style")}
    if output is None and name in taken:
        raise UsageError(f"there is a style '{name}' already ({taken[name]}); choose another name")
    file = output_files([output or Path("styles", f"{name}.yaml")], (".yaml", ".yml"))[0]
    if file.exists():
        raise UsageError(f"{file} exists already and is not overwritten; choose another name, or -o FILE")
    if file.stem == parent:
        raise UsageError(f"'{parent}' cannot begin as itself; give the new style a name of its own")
    text = starter(name, parent, load_style(parent), load_banks(), file)
    write_text(file, text)
    asked = name if output is None else str(file)
    say(f"{file}: extends {parent}; next: cuesmith check {file}")
    say(f"  hear and see it: cuesmith cue --style {asked} --type battle -o battle.mid -o battle.svg")


style.command()(guarded(new))


@style.callback()
def _group() -> None:
    """Begin a style of your own."""  # without a callback, Typer drops the name of a group with one command


def _check_name(name: str) -> None:
    plain(name, "NAME")
    if name.endswith((".yaml", ".yml")):
        raise UsageError(f"NAME '{name}': leave out the ending; choose the file with -o")
    if not name[:1].isalnum() or not all(sign.isalnum() or sign in "_-. " for sign in name):
        raise UsageError(f"NAME '{name}': a name has letters, digits, '-', '_', and begins with a letter or digit")


def starter(name: str, parent: str, base: Style, banks: Banks, file: Path) -> str:
    """Return the text of a style file that changes nothing yet: the values of the parent, each one explained.

    Seats and cue types of the parent are included as comments, one per line.
    """
    return "\n".join(_lines(name, parent, base, banks, file)) + "\n"


def _lines(name: str, parent: str, base: Style, banks: Banks, file: Path) -> Iterator[str]:
    title = name.replace("-", " ").replace("_", " ").capitalize()
    yield from (
        f"# {title}: begun on top of '{parent}'. It sounds like that until you change a line.",
        "# Mappings { } are merged with the parent's key by key: give a key the value null to remove it.",
        "# Lists [ ] replace the parent's. You can delete lines you do not need: what is missing is inherited.",
        f"# Check it: cuesmith check {file}",
        "schema_version: 1",
        f"title: {_flow(title)}",
        "about: Who plays, what they play, and what makes the style recognisable after two bars.",
        f"extends: {_flow(parent)}",
        "",
        "# Tonics to choose from, and which way the modes lean: -1 to minor .. 1 to major.",
        f"keys: {{major: {_flow(list(base.keys.major))}, minor: {_flow(list(base.keys.minor))}}}",
        f"brightness: {_flow(base.brightness)}",
        "",
        "# How plain chords are spelled, as weights; 0 is never.",
        f"colour: {_flow(asdict(base.colour))}",
        "",
        "# How often a progression or a scale of the banks is taken: 1 as usual, 3 often, 0.2 rarely.",
        f"progressions: {_flow(base.progressions)}",
        f"scales: {_flow(base.scales)}",
        "",
        "# swing: 0.5 straight .. 0.67 triplets; jitter_ms: looseness; legato_ms: overlap of slurred notes;",
        "# lay_back_ms: behind the beat; ritard: how far the tempo falls at the end, as a share.",
        f"playing: {_flow(asdict(base.playing))}",
        "",
        "# The hall, 0 .. 1 each, and the loudness of the master in LUFS.",
        f"mix: {_flow(asdict(base.mix))}",
        "",
        "# The seats as the parent has them. Uncomment 'seats:' and the lines you change; levels: 0 solo .. 4 tutti.",
        "# seats:",
        *(f"#   {id_}: {_flow(_seat(seat))}" for id_, seat in base.seats.items()),
        "",
        "# What a kind of cue changes: omit, seats, tempo, meters, modes, progressions, recipes, ending.",
        "# cues:",
    )
    for type_ in SHOWN_CUES:
        rules = base.cues.get(type_)
        tempo = (rules.tempo if rules else None) or banks.cue_types[type_].bpm
        yield f"#   {type_}: {{tempo: {_flow(list(tempo))}}}"


def _seat(seat: Seat) -> dict[str, object]:
    """Return the fields of a seat that differ from the defaults."""
    from cuesmith.specs.style import Seat

    plain_seat = Seat(role=seat.role)
    said = {f.name: getattr(seat, f.name) for f in fields(seat)}
    return {key: value for key, value in said.items() if key == "role" or value != getattr(plain_seat, key)}


def _flow(value: object) -> str:
    """Return a value as YAML on one line, whole numbers without a decimal point."""
    import yaml

    text: str = yaml.safe_dump(_whole(value), default_flow_style=True, sort_keys=False, width=10**6, allow_unicode=True)
    return text.removesuffix("\n").removesuffix("\n...")


def _whole(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
