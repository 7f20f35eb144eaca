"""The command line: reads options, calls the composer and the renderer, prints. It makes no musical decisions.

Exit codes: 0 success, 1 runtime error, 2 the command asks for something that does not exist or does not fit, 3 a file
is not valid, 4 an external component is missing (FluidSynth, a soundfont), 130 interrupted.
"""

from __future__ import annotations

import io
import sys


def main() -> None:
    """Run the command line of this process and exit with its exit code (raises SystemExit)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # printing a Japanese title on an ASCII-only terminal must not raise an error
            stream.reconfigure(errors="backslashreplace")
    try:
        from cuesmith.cli.app import app

        app(prog_name="cuesmith")
    except KeyboardInterrupt:  # during the imports; inside a command the guard handles it
        sys.exit(130)
