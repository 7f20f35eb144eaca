"""Draw themes: a small piano-roll of every melody with its bar lines, one below the other, in one SVG."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from cuesmith.export.theme_page import Page
from cuesmith.music.note import Note

WIDTH, ROW_HEIGHT, TITLE_HEIGHT, MARGIN = 720, 120, 20, 10  # pixels
LEAST_SPAN = 12  # semitones: least height of a row, so that a narrow melody is not drawn too tall
# fmt: off
_BACKGROUND = "#252933"
_LANE       = "#2b303c"
_BAR        = "#4a5266"
_TEXT       = "#e6e9ef"
_VOICES     = ("#ffc857", "#5aa9e6", "#79b45f", "#b58be0", "#e4767c")
# fmt: on


def themes_svg(pages: Sequence[Page]) -> str:
    """Return the pages as SVG text, 720 pixels wide and 150 pixels high per page. Every voice has its own colour."""
    each = TITLE_HEIGHT + ROW_HEIGHT + MARGIN
    height = each * len(pages) + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="{_BACKGROUND}"/>',
    ]
    for number, page in enumerate(pages):
        parts += _row(page, MARGIN + number * each)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _row(page: Page, top: int) -> list[str]:
    length = max(voice.length for voice in page.voices)
    voices = [voice.realise(page.key, page.octave) for voice in page.voices]
    pitches = [note.pitch for notes in voices for note in notes] or [60]
    low, high = min(pitches), max(pitches)
    spare = max(0, LEAST_SPAN - (high - low)) // 2
    low, high = low - spare - 1, high + spare + 1
    lane, roll = WIDTH - 2 * MARGIN, top + TITLE_HEIGHT
    step = ROW_HEIGHT / (high - low + 1)

    def x(tick: int) -> float:
        return round(MARGIN + lane * tick / length, 1)

    def rect(note: Note, colour: str) -> str:
        y = round(roll + (high - note.pitch) * step, 1)
        wide = round(max(x(min(note.end, length)) - x(note.onset) - 1, 1), 1)
        return f'<rect x="{x(note.onset)}" y="{y}" width="{wide}" height="{round(step, 1)}" rx="1.5" fill="{colour}"/>'

    meter = page.voices[0].meter
    title = escape(f"{page.name}: {page.key.name}, {meter}" + (f" – {page.about}" if page.about else ""))
    out = [
        f'<text x="{MARGIN}" y="{top + 13}" fill="{_TEXT}">{title}</text>',
        f'<rect x="{MARGIN}" y="{roll}" width="{lane}" height="{ROW_HEIGHT}" fill="{_LANE}"/>',
    ]
    for tick in range(0, length + 1, meter.bar_ticks):
        out.append(f'<path d="M{x(tick)} {roll}v{ROW_HEIGHT}" stroke="{_BAR}"/>')
    for number in range(len(voices) - 1, -1, -1):
        out += [rect(note, _VOICES[number % len(_VOICES)]) for note in voices[number]]
    return out
