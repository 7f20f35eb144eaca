"""How a command ends: every failure becomes one message on stderr and an exit code, never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import ParamSpec

import typer

from cuesmith.cli.output import note
from cuesmith.errors import CuesmithError

P = ParamSpec("P")

INTERRUPTED = 130  # 128 + SIGINT, the convention of shells
TRACEBACK_VARIABLE = "CUESMITH_TRACEBACK"


def guarded(command: Callable[P, None]) -> Callable[P, None]:
    """Wrap a command so that its failures become messages; it then raises `typer.Exit` with the right exit code."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except typer.Exit:
            raise
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            _abandon_output()
            raise typer.Exit(1) from None
        except CuesmithError as fault:
            note(_message(fault))
            raise typer.Exit(fault.exit_code) from None
        except OSError as fault:
            note(f"cuesmith: {_reason(fault)}; free some space, or choose another place or name")
            raise typer.Exit(1) from None
        except Exception as fault:
            if os.environ.get(TRACEBACK_VARIABLE):
                raise
            note(
                f"cuesmith: a fault in Cuesmith itself: {type(fault).__name__}: {fault}; please report it with the"
                f" command you gave ({TRACEBACK_VARIABLE}=1 shows where it happened)"
            )
            raise typer.Exit(1) from None

    return run


def _message(fault: CuesmithError) -> str:
    """Return the message of an error.

    Faults in a file keep `file:line:column` at the start of the line, for editors.
    """
    text = str(fault)
    lines = text.count("\n") + 1
    return f"cuesmith: {text}" if lines == 1 else f"cuesmith: {lines} faults:\n{text}"


def _reason(fault: OSError) -> str:
    reason = fault.strerror or str(fault)
    return f"{fault.filename}: {reason}" if fault.filename else reason


def _abandon_output() -> None:
    """After a broken pipe, send buffered output to the null device, so that no second error is raised at exit."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
