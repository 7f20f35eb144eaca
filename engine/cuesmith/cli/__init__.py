"""The command line: reads options, calls the composer and the renderer, prints. It decides nothing about music.

Exit codes: 0 done, 1 it failed at run time, 2 the command asks for something that does not exist or fit, 3 a file is
not valid, 4 something outside Cuesmith is missing (FluidSynth, a soundfont), 130 interrupted.
"""

from __future__ import annotations

import io
import sys


def main() -> None:
    """Run the command line of this process and leave with its exit code (raises SystemExit)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a title in Japanese on a terminal that is ASCII only must not end the program
            stream.reconfigure(errors="backslashreplace")
    try:
        from cuesmith.cli.app import app

        app(prog_name="cuesmith")
    except KeyboardInterrupt:  # while importing: inside a command the guard has it
        sys.exit(130)
