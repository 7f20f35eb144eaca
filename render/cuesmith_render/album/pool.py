"""Make many tracks in parallel: one cue per task, in a pool of processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import partial

from cuesmith.errors import CuesmithError, UsageError
from cuesmith_render.album.track import MadeTrack, TrackJob, make_track

OnFinished = Callable[[TrackJob], None]


def worker_count(jobs: int, tracks: int) -> int:
    """Return how many processes to use: `jobs`, or the number of available cores when 0; never more than `tracks`.

    Raises UsageError when `jobs` is below 0.
    """
    if jobs < 0:
        raise UsageError(f"{jobs} jobs: choose 1 or more, or 0 for one on each core")
    affinity = getattr(os, "sched_getaffinity", None)  # Linux only; knows of containers and taskset
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return min(jobs or cores, tracks)


def make_tracks(jobs: Sequence[TrackJob], workers: int, on_finished: OnFinished) -> tuple[MadeTrack, ...]:
    """Make all tracks, and return them in the order of `jobs`.

    workers: 1 works in this process, more in worker processes.
    on_finished: called in this process after each track.

    When a track fails the others are still finished; then one CuesmithError, of the first failure's type, names every
    failed cue. When a worker process dies the error is raised at once.
    """
    made: dict[int, MadeTrack] = {}
    faults: dict[int, Exception] = {}

    def settle(index: int, result: Callable[[], MadeTrack]) -> None:
        try:
            made[index] = result()
        except BrokenProcessPool:
            raise
        except Exception as fault:  # every error must be reported with the name of its cue
            faults[index] = fault
        else:
            on_finished(jobs[index])

    if workers == 1:
        for index, job in enumerate(jobs):
            settle(index, partial(make_track, job))
    else:
        _make_side_by_side(jobs, workers, settle)
    if faults:
        raise _combine_errors(jobs, faults)
    return tuple(made[index] for index in range(len(jobs)))


def _make_side_by_side(
    jobs: Sequence[TrackJob], workers: int, settle: Callable[[int, Callable[[], MadeTrack]], None]
) -> None:
    # Spawned, not forked: FluidSynth and NumPy may have threads, which a fork would copy in a broken state.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_leave_interrupts_to_the_parent)
    try:
        # The longest first, so that at the end no core works alone on a long cue.
        order = sorted(range(len(jobs)), key=lambda index: (-jobs[index].expected_sec, index))
        futures = {pool.submit(make_track, jobs[index]): index for index in order}
        for future in as_completed(futures):
            settle(futures[future], future.result)
    except BrokenProcessPool as fault:
        raise CuesmithError(
            "a worker process of the album ended without a message; the machine is probably out of memory, or a script"
            " calls render_album outside of `if __name__ == '__main__':`. Remedy: put it there, or use one job"
        ) from fault
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    # Ctrl-C goes to every process of the terminal. The parent cancels what has not begun; a worker only finishes the
    # files it is writing, which takes seconds.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _combine_errors(jobs: Sequence[TrackJob], faults: dict[int, Exception]) -> CuesmithError:
    lines = []
    for index in sorted(faults):
        brief, fault = jobs[index].brief, faults[index]
        message = str(fault)
        if not isinstance(fault, CuesmithError):
            message = f"{type(fault).__name__}: {fault} (a fault in Cuesmith itself; please report it with the show)"
        lines.append(f"cue {brief.id} ({brief.title}) could not be made: {message}")
    whole = len(jobs) - len(faults)
    if whole:
        lines.append(f"Finished and kept in {jobs[0].out_dir}: {whole} of {len(jobs)} cues")
    first = faults[min(faults)]
    error = (type(first) if isinstance(first, CuesmithError) else CuesmithError)("\n".join(lines))
    error.__cause__ = first
    return error
