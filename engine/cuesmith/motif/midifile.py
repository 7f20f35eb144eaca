"""Read one melody from a MIDI file: one track, some of its bars, one note at a time, quantised."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cuesmith.errors import UsageError
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ, Note

GRIDS = (PPQ // 4, PPQ // 3)  # ticks of the two quantisation grids: sixteenths and eighth-note triplets
MAX_BYTES = 10_000_000


class Melody(NamedTuple):
    """A melody: notes (onsets from the first bar line), length in ticks (whole bars), meter, and first bar (from 1)."""

    notes: tuple[Note, ...]
    length: int
    meter: Meter
    first_bar: int


def read_melody(path: Path, track: int = 1, bars: tuple[int, int] | None = None) -> Melody:
    """Read the melody of one track of a MIDI file.

    Of notes that begin together, the highest is taken. Onsets are moved to the nearest sixteenth or triplet. The meter
    is the one in force at the first note, and bars are counted in it. Percussion (channel 10) is left out.

    Args:
        path: the MIDI file, at most 10 MB.
        track: the number of the track, counted from 1 over the tracks that have notes.
        bars: first and last bar, counted from 1, both included. Without it the melody begins with the bar of its first
            note and goes to the end.

    Returns:
        The notes (onsets in ticks, 960 per quarter note), their length, the meter and the first bar.

    Raises:
        UsageError: the file is missing or no MIDI file, there is no such track, or there are no notes in these bars.

    Example:
        >>> import mido, tempfile
        >>> events = [mido.Message("note_on", note=62), mido.Message("note_off", note=62, time=480)]
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     mido.MidiFile(tracks=[mido.MidiTrack(events)]).save(Path(folder, "tune.mid"))
        ...     melody = read_melody(Path(folder, "tune.mid"))
        >>> melody.notes, melody.length
        ((Note(onset=0, duration=960, pitch=62, velocity=64),), 3840)
    """
    file = open_midi(path, "MIDI melody", "its path counts from the folder of the show")
    scale = PPQ / max(file.ticks_per_beat, 1)
    found = [notes for notes in (_notes(messages, scale) for messages in file.tracks) if notes]
    if not found:
        raise UsageError(f"{path}: there are no notes in this file; choose another")
    if not 1 <= track <= len(found):
        raise UsageError(f"{path}: no track {track}; {len(found)} hold notes, count them from 1")
    line = _skyline(found[track - 1])
    meter = _meter(file.tracks, line[0].onset, scale)
    first, last = bars or (line[0].onset // meter.bar_ticks + 1, None)
    start = (first - 1) * meter.bar_ticks
    end = last * meter.bar_ticks if last is not None else max(note.end for note in line)
    notes = tuple(
        note._replace(onset=note.onset - start, duration=min(note.duration, end - note.onset))
        for note in line
        if start <= note.onset < end
    )
    if not notes:
        raise UsageError(f"{path}: track {track} has no notes in bars {first} to {last}; its first is in bar"
                         f" {line[0].onset // meter.bar_ticks + 1}")  # fmt: skip
    whole = -(-(end - start) // meter.bar_ticks) * meter.bar_ticks
    return Melody(notes, whole, meter, first)


def open_midi(path: Path, what: str, where: str) -> Any:
    """Open a MIDI file with mido (which has no types).

    what, where: for error messages: what the file should be, and where to look for it.

    Raises UsageError for a file that is missing, larger than 10 MB or broken.
    """
    import mido

    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path}: larger than 10 MB, which no {what} is; is it the right file?")
        return mido.MidiFile(path, clip=True)
    except FileNotFoundError:
        raise UsageError(f"{path}: no such MIDI file; {where}") from None
    except UsageError:
        raise
    except Exception as fault:  # on broken bytes mido may raise almost any exception
        raise UsageError(f"{path}: this is not a MIDI file that can be read ({fault}); export it again") from None


def _notes(messages: Sequence[Any], scale: float) -> list[Note]:
    """Return the notes of a track in Cuesmith's ticks, without percussion (channel 10)."""
    at = 0
    begun: dict[tuple[int, int], tuple[int, int]] = {}
    out: list[Note] = []
    for message in messages:
        at += message.time
        if message.type not in ("note_on", "note_off") or message.channel == 9:
            continue
        key = (message.channel, message.note)
        if key in begun:
            start, velocity = begun.pop(key)
            out.append(Note(round(start * scale), max(1, round((at - start) * scale)), message.note, velocity))
        if message.type == "note_on" and message.velocity > 0:
            begun[key] = (at, message.velocity)
    return sorted(out)


def _skyline(notes: Sequence[Note]) -> list[Note]:
    """Return the highest note at each onset, quantised; each one ends at the latest where the next begins."""
    top: dict[int, Note] = {}
    for note in notes:
        onset = _nearest(note.onset)
        length = max(GRIDS[0], _nearest(note.end) - onset)
        if onset not in top or note.pitch > top[onset].pitch:
            top[onset] = Note(onset, length, note.pitch, note.velocity)
    line = [top[onset] for onset in sorted(top)]
    short = [a._replace(duration=min(a.duration, b.onset - a.onset)) for a, b in itertools.pairwise(line)]
    return [*short, line[-1]]


def _nearest(ticks: int) -> int:
    return min((round(ticks / grid) * grid for grid in GRIDS), key=lambda place: abs(place - ticks))


def _meter(tracks: Sequence[Sequence[Any]], tick: int, scale: float) -> Meter:
    """Return the time signature in force at a tick; 4/4 when the file has none."""
    meter = Meter(4, 4)
    changes: list[tuple[int, Meter]] = []
    for messages in tracks:
        at = 0
        for message in messages:
            at += message.time
            if message.type == "time_signature" and message.denominator in (2, 4, 8, 16):
                changes.append((round(at * scale), Meter(max(message.numerator, 1), message.denominator)))
    for at, change in sorted(changes, key=lambda item: item[0]):
        if at <= tick:
            meter = change
    return meter
