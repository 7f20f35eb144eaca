"""Save themes as files: MIDI, YAML (to paste into a show), SVG picture or text. The ending of the file name decides."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from cuesmith.export.atomic import write_bytes, write_text
from cuesmith.export.theme_page import Page
from cuesmith.export.theme_svg import themes_svg
from cuesmith.motif.model import Motif
from cuesmith.motif.text import contour_text, notes_text
from cuesmith.music.note import PPQ

ENDINGS = (".mid", ".midi", ".yaml", ".yml", ".svg", ".txt")
BPM = 100.0
_PROGRAMS = (0, 48, 60, 71, 42)  # General MIDI programs of the voices: piano, strings, horn, clarinet, cello


def save_pages(pages: Sequence[Page], path: Path) -> None:
    """Write the pages into one file, in the format of its ending (see `ENDINGS`), completely or not at all.

    In a .mid file they follow one another, each voice on its own track; in the other formats they are one below the
    other.
    """
    suffix = path.suffix.lower()
    if suffix in (".mid", ".midi"):
        write_bytes(path, pages_midi(pages))
    elif suffix == ".svg":
        write_text(path, themes_svg(pages))
    elif suffix in (".yaml", ".yml"):
        write_text(path, pages_yaml(pages))
    else:
        write_text(path, pages_text(pages))


def notes_of(voice: Motif, page: Page) -> str:
    """Return a voice in the notation of shows: `D4:1.5 F#4:.5 | A4:2`."""
    return notes_text(voice, page.key, page.octave)


def pages_text(pages: Sequence[Page]) -> str:
    """Return name, key, meter, outline and notes of every page, for reading."""
    out = []
    for page in pages:
        head = f"{page.name}: {page.key.name}, {page.voices[0].meter}" + (f" ({page.about})" if page.about else "")
        out += [head, f"  {contour_text(page.voices[0], page.key)}"]
        out += [f"  {notes_of(voice, page)}" for voice in page.voices]
    return "\n".join(out) + "\n"


def pages_yaml(pages: Sequence[Page]) -> str:
    """Return the first voice of every page as the `themes` of a show."""
    lines = ["# Themes: paste them into a show, or give this file to cuesmith motif.", "themes:"]
    for page in pages:
        lines.append(f"  {json.dumps(page.name, ensure_ascii=False)}:")
        if page.character and page.character != "given":
            lines.append(f"    character: {page.character}")
        lines.append(f"    key: {page.key.name}")
        lines.append(f'    meter: "{page.voices[0].meter}"')
        lines.append(f'    notes: "{notes_of(page.voices[0], page)}"')
    return "\n".join(lines) + "\n"


def pages_midi(pages: Sequence[Page]) -> bytes:
    """Return a MIDI file of all pages, one after another. Each begins on a bar line, under a marker with its name."""
    import numpy as np

    from cuesmith.export.midi import midi_bytes
    from cuesmith.music.meter import MeterChange
    from cuesmith.music.tempo import TempoChange, TempoMap, us_per_quarter
    from cuesmith.perform.model import KeySignature, Marker, Performance, Track

    tempo = TempoMap((TempoChange(0, us_per_quarter(BPM)),))
    lines: list[list[tuple[int, int, int]]] = [[] for _ in range(max(len(page.voices) for page in pages))]
    meters, keys, markers = [], [], []
    at = 0
    for page in pages:
        meters.append(MeterChange(at, page.voices[0].meter))
        keys.append(KeySignature(at, page.key.sharps, page.key.minor))
        markers.append(Marker(tempo.seconds(at), at, page.name))
        for line, voice in zip(lines, page.voices, strict=False):
            line += [(at + n.onset, n.duration, n.pitch) for n in voice.realise(page.key, page.octave)]
        bar = page.voices[0].meter.bar_ticks
        at += -(-max(voice.length for voice in page.voices) // bar) * bar
    tracks = []
    for number, line in enumerate(lines):
        onset, duration, pitch = (np.array([note[column] for note in line], dtype=np.float64) for column in range(3))
        second = 60.0 / BPM / PPQ
        tracks.append(
            Track(
                name=f"Voice {number + 1}" if len(lines) > 1 else "Theme", part_id=f"voice{number + 1}", role="lead",
                layer=0, stem="melody", program=_PROGRAMS[number % len(_PROGRAMS)], bank=0, drums=False,
                onset_sec=onset * second, duration_sec=duration * second, pitch=np.clip(pitch, 0, 127).astype(np.int16),
                velocity=np.full(len(line), 88, dtype=np.int16),
            )
        )  # fmt: skip
    return midi_bytes(
        Performance(
            title=pages[0].name if len(pages) == 1 else "Themes", tracks=tuple(tracks), tempo=tempo,
            meters=tuple(meters), keys=tuple(keys), markers=tuple(markers), length_sec=tempo.seconds(at),
            length_ticks=at,
        )
    )  # fmt: skip
