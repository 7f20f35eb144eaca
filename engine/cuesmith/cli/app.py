"""The commands together in one application. Heavy imports happen inside the commands, so that start-up is fast."""

from __future__ import annotations

from typing import Annotated

import typer

from cuesmith.cli.calibrate import calibrate
from cuesmith.cli.check import check
from cuesmith.cli.cue import cue
from cuesmith.cli.doctor import doctor
from cuesmith.cli.guard import guarded
from cuesmith.cli.lint import lint
from cuesmith.cli.motif import motif
from cuesmith.cli.output import say
from cuesmith.cli.show import album, show
from cuesmith.cli.style import style
from cuesmith.cli.tell import feelings, schema, styles, types

app = typer.Typer(
    name="cuesmith",
    help="Procedural cues for anime scores: styles and leitmotifs in, MIDI and mastered audio out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for _command in (cue, show, album, styles, types, feelings, check, lint, schema, doctor, calibrate):
    app.command()(guarded(_command))
app.add_typer(motif)
app.add_typer(style)


def _print_version(wanted: bool) -> None:
    if wanted:
        from cuesmith import __version__

        say(f"cuesmith {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Procedural cues for anime scores: styles and leitmotifs in, MIDI and mastered audio out."""
