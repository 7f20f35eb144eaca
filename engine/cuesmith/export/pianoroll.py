"""Draw a cue: a piano-roll as one self-contained SVG, for the album page and the documentation.

From top to bottom: title and legend, section names, theme statements, notes, drums, energy. The horizontal axis is the
musical grid, so bars of the same meter are equally wide; free meter has breath marks instead of bar lines. The picture
has its own background and looks the same on dark and light pages. Notes are drawn as one path per role and velocity
band, with relative coordinates in tenths of a pixel; so three thousand notes need about 60 KB.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from cuesmith.music.bar_grid import bar_starts, free_starts
from cuesmith.music.note import PPQ
from cuesmith.perform.model import Marker, Performance, Track

# fmt: off
ROLE_COLOURS = {  # in order of drawing: the lead last, on top
    "pad":      "#5b6b95",
    "pulse":    "#7f8a99",
    "impact":   "#b0606a",
    "ostinato": "#4f9d94",
    "bass":     "#8a6fc4",
    "colour":   "#79b45f",
    "counter":  "#5aa9e6",
    "guide":    "#ff9f80",
    "lead":     "#ffc857",
}
_BACKGROUND = "#252933"
_LANE       = "#2b303c"
_OCTAVE     = "#353b49"
_BAR        = "#3d4454"
_DIM        = "#9aa3b5"
_TEXT       = "#e6e9ef"
_DRUMS      = "#d3d8e2"
_ENERGY     = "#e4767c"
_OTHER_ROLE = "#8a93a5"
# fmt: on
_THEMES = ("#ffc857", "#5aa9e6", "#e4767c", "#79b45f", "#b58be0", "#4fc1b5", "#f0975a", "#c9d17a")

_BANDS = ((0, 48, 0.4), (48, 72, 0.6), (72, 96, 0.8), (96, 128, 1.0))  # (least velocity, upper limit, opacity)
_LEFT, _RIGHT, _TOP, _BOTTOM, _GAP = 40, 10, 44, 16, 5  # margins and the gap between lanes, pixels
_STATEMENT_HEIGHT, _ENERGY_HEIGHT, _DRUM_ROW, _DRUM_LANE_MAX = 13, 36, 6, 60
_CHARACTER = 5.6  # width in pixels of a 10-pixel sans-serif character, for shortening names
_LEAST_SPAN = 24  # semitones: least height of the note area, so that few pitches are not drawn too tall
_LABEL = ' text-anchor="end" font-size="9"'


class _Frame(NamedTuple):
    """The positions of the lanes in pixels, and the conversion of ticks to x."""

    width: int
    end_ticks: int
    roll_top: float
    roll_height: float
    drum_top: float
    drum_height: float
    energy_top: float

    @property
    def inner(self) -> int:
        return self.width - _LEFT - _RIGHT

    def x(self, tick: float) -> float:
        return _LEFT + self.inner * tick / self.end_ticks


class _Notes(NamedTuple):
    """Notes as columns, in ticks."""

    on: NDArray[np.int64]
    off: NDArray[np.int64]
    pitch: NDArray[np.int64]
    velocity: NDArray[np.int64]


def pianoroll_svg(performance: Performance, *, width: int = 1200, height: int = 360, title: str | None = None) -> str:
    """Return the performance as SVG text of `width` × `height` pixels; below 320 × 240 it is hard to read.

    title: shown at the top left; by default the performance's own.

    Notes are cut at the last bar line. Theme statements are the markers of kind `statement`. Their colour depends on
    the first word of the text (the theme); they reach to the next statement or section.
    """
    drums = _notes([track for track in performance.tracks if track.drums], performance)
    kit = np.unique(drums.pitch)
    frame = _frame(width, height, max(performance.length_ticks, 1), len(kit))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="10" fill="{_DIM}">',
        f'<rect width="{width}" height="{height}" rx="8" fill="{_BACKGROUND}"/>',
        *_title_and_legend(performance, performance.title if title is None else title, width),
        *_bars(performance, frame),
        *_sections(performance.markers, frame),
        *_statements(performance.markers, frame),
        *_fermatas(performance.markers, frame),
        *_pitched([track for track in performance.tracks if not track.drums], performance, frame),
        *_drum_lane(drums, kit, frame),
        *_energy(_notes(performance.tracks, performance), frame),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _frame(width: int, height: int, end_ticks: int, drum_rows: int) -> _Frame:
    drum_height = min(_DRUM_ROW * drum_rows, _DRUM_LANE_MAX)
    energy_top = height - _BOTTOM - _ENERGY_HEIGHT
    drum_top = energy_top - _GAP - drum_height
    roll_top = _TOP + _STATEMENT_HEIGHT + _GAP
    roll_height = max(drum_top - (_GAP if drum_rows else 0) - roll_top, 1)
    return _Frame(width, end_ticks, roll_top, roll_height, drum_top, drum_height, energy_top)


def _notes(tracks: Sequence[Track], performance: Performance) -> _Notes:
    """Return the notes of the tracks; those after the last bar line are left out, those across it are cut."""
    nothing = np.zeros(0)
    onset_sec = np.concatenate([nothing, *(track.onset_sec for track in tracks)])
    end_sec = onset_sec + np.concatenate([nothing, *(track.duration_sec for track in tracks)])
    on = performance.tempo.ticks_array(onset_sec)
    off = np.maximum(np.minimum(performance.tempo.ticks_array(end_sec), performance.length_ticks), on + 1)
    pitch = np.concatenate([nothing, *(track.pitch for track in tracks)]).astype(np.int64)
    velocity = np.concatenate([nothing, *(track.velocity for track in tracks)]).astype(np.int64)
    inside = on < performance.length_ticks
    return _Notes(on[inside], off[inside], pitch[inside], velocity[inside])


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _text(x: float, y: float, text: str, extra: str = "") -> str:
    # XML has no way to write most control characters, not even escaped.
    clean = re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
    return f'<text x="{_number(x)}" y="{_number(y)}"{extra}>{escape(clean)}</text>'


def _fit(text: str, room: float) -> str:
    """Shorten text to `room` pixels with an ellipsis; empty when fewer than three characters would stay."""
    most = int(room / _CHARACTER)
    if len(text) <= most:
        return text
    return text[: most - 1].rstrip() + "…" if most >= 3 else ""


def _fermatas(markers: Sequence[Marker], frame: _Frame) -> list[str]:
    """Draw an arc with a dot over each held beat, at the top of the notes."""
    out = []
    for x in (frame.x(marker.tick) + 8 for marker in markers if marker.kind == "fermata"):
        y = frame.roll_top + 12
        bow = f'<path d="M{_number(x - 7)} {_number(y)}a7 7 0 0 1 14 0" stroke="{_TEXT}" fill="none"/>'
        out.append(f'{bow}<circle cx="{_number(x)}" cy="{_number(y - 1.5)}" r="1.5" fill="{_TEXT}"/>')
    return out


def _title_and_legend(performance: Performance, title: str, width: int) -> list[str]:
    legend = []
    present = {track.role for track in performance.tracks if not track.drums}
    x = float(width - _RIGHT)
    for role, colour in ROLE_COLOURS.items():
        if role in present:
            x -= len(role) * _CHARACTER
            legend.append(_text(x, 17, role))
            x -= 12
            legend.append(f'<rect x="{_number(x)}" y="9" width="8" height="8" rx="2" fill="{colour}"/>')
            x -= 12
    title = _fit(title, (x - _LEFT) / 1.5)  # the font of the title is about 1.5 times as large
    return [_text(_LEFT, 19, title, f' font-size="14" font-weight="bold" fill="{_TEXT}"'), *legend]


def _bars(performance: Performance, frame: _Frame) -> list[str]:
    """Draw the lanes, and as many bar lines and bar numbers as there is room for."""
    starts = bar_starts(performance.meters, frame.end_ticks)
    spacing = frame.inner / max(len(starts) - 1, 1)
    lined, numbered = (1 << max(int(np.ceil(np.log2(room / spacing))), 0) for room in (4, 28))
    bottom = frame.energy_top + _ENERGY_HEIGHT
    lanes = (
        (frame.roll_top, frame.roll_height),
        (frame.drum_top, frame.drum_height),
        (frame.energy_top, _ENERGY_HEIGHT),
    )
    out = [
        f'<rect x="{_LEFT}" y="{_number(y)}" width="{frame.inner}" height="{_number(tall)}" fill="{_LANE}"/>'
        for y, tall in lanes
        if tall
    ]
    span = f" {_number(frame.roll_top)}V{_number(bottom)}"
    free = free_starts(performance.meters, starts)
    lines = "".join(
        f"M{_number(frame.x(min(tick, frame.end_ticks)))}{span}" for tick in starts[::lined] if tick not in free
    )
    out.append(f'<path d="{lines}" stroke="{_BAR}" fill="none"/>')
    out += _breaths(sorted(free), span, frame)
    for index in range(0, len(starts) - 1, numbered):
        out.append(_text(frame.x(starts[index]) + 2, bottom + 11, str(index + 1), ' font-size="9"'))
    return out


def _breaths(ticks: Sequence[int], span: str, frame: _Frame) -> list[str]:
    """Draw the breaths of free meter: a dashed line below a comma."""
    inside = [frame.x(tick) for tick in ticks if 0 < tick < frame.end_ticks]
    if not inside:
        return []
    lines = "".join(f"M{_number(x)}{span}" for x in inside)
    commas = [_text(x - 2, frame.roll_top + 9, ",", f' font-size="16" fill="{_TEXT}"') for x in inside]
    return [f'<path class="breaths" d="{lines}" stroke="{_BAR}" stroke-dasharray="2 4" fill="none"/>', *commas]


def _sections(markers: Sequence[Marker], frame: _Frame) -> list[str]:
    sections = sorted((m for m in markers if m.kind == "section"), key=lambda marker: marker.tick)
    ends = [*(marker.tick for marker in sections[1:]), frame.end_ticks]
    out = []
    for marker, end in zip(sections, ends, strict=False):
        x = frame.x(marker.tick)
        out.append(f'<path d="M{_number(x)} 30V{_number(frame.roll_top)}" stroke="{_DIM}"/>')
        if label := _fit(marker.text, frame.x(end) - x - 6):
            out.append(_text(x + 4, 38, label, f' fill="{_TEXT}"'))
    return out


def _statements(markers: Sequence[Marker], frame: _Frame) -> list[str]:
    statements = sorted((m for m in markers if m.kind == "statement"), key=lambda marker: marker.tick)
    stops = sorted({m.tick for m in markers if m.kind in ("section", "statement")})
    colours: dict[str, str] = {}
    out = []
    for marker in statements:
        theme = marker.text.partition(" ")[0]
        colour = colours.setdefault(theme, _THEMES[len(colours) % len(_THEMES)])
        x = frame.x(marker.tick)
        stop = next((tick for tick in stops if tick > marker.tick), frame.end_ticks)
        wide = max(frame.x(stop) - x - 2, 2)
        out.append(
            f'<rect x="{_number(x)}" y="{_TOP}" width="{_number(wide)}" height="{_STATEMENT_HEIGHT}"'
            f' rx="3" fill="{colour}" opacity=".85"/>'
        )
        if label := _fit(marker.text, wide - 6):
            out.append(_text(x + 4, _TOP + 10, label, f' fill="{_BACKGROUND}"'))
    return out


def _paths(notes: _Notes, top: NDArray[np.floating], tall: float, colour: str, frame: _Frame) -> list[str]:
    """Draw rectangles, one path per velocity band.

    `top` in pixels, one per note; `tall` is the height of all of them.
    """
    scale = 10 * frame.inner / frame.end_ticks
    x = np.rint(notes.on * scale).astype(np.int64) + 10 * _LEFT
    # Leave a small gap between notes, and draw no note too short to be seen.
    wide = np.maximum(np.rint((notes.off - notes.on) * scale).astype(np.int64) - 2, 6)
    y = np.rint(top * 10).astype(np.int64)
    high = max(round(tall * 10), 8)
    out = []
    for low, limit, opacity in _BANDS:
        chosen = np.flatnonzero((notes.velocity >= low) & (notes.velocity < limit))
        if len(chosen):
            chosen = chosen[np.lexsort((y[chosen], x[chosen]))]
            steps = np.diff(np.stack((x[chosen], y[chosen])), prepend=0).tolist()
            rectangles = zip(*steps, wide[chosen].tolist(), strict=True)
            data = "".join(f"m{dx} {dy}h{w}v{high}h-{w}z" for dx, dy, w in rectangles)
            out.append(f'<path transform="scale(.1)" fill="{colour}" opacity="{opacity:g}" d="{data}"/>')
    return out


def _pitched(tracks: Sequence[Track], performance: Performance, frame: _Frame) -> list[str]:
    """Draw octave lines and names, then the notes of each role."""
    pitch = _notes(tracks, performance).pitch
    low, high = (int(pitch.min()), int(pitch.max())) if len(pitch) else (60, 60)
    missing = max(_LEAST_SPAN - (high - low), 2)
    low, high = low - missing // 2, high + missing - missing // 2
    row = frame.roll_height / (high - low + 1)
    names, line = [], ""
    for octave in range(-(-low // 12) * 12, high + 1, 12):
        y = frame.roll_top + (high - octave + 1) * row
        line += f"M{_LEFT} {_number(y)}h{frame.inner}"
        names.append(_text(_LEFT - 5, y, f"C{octave // 12 - 1}", _LABEL))
    out = [f'<path d="{line}" stroke="{_OCTAVE}" fill="none"/>', *names]
    tall = min(max(row * 0.9, 1.6), 7.0)
    others = dict.fromkeys(track.role for track in tracks if track.role not in ROLE_COLOURS)
    for role in (*others, *ROLE_COLOURS):
        notes = _notes([track for track in tracks if track.role == role], performance)
        top = frame.roll_top + (high - notes.pitch + 0.5) * row - tall / 2
        out += _paths(notes, top, tall, ROLE_COLOURS.get(role, _OTHER_ROLE), frame)
    return out


def _drum_lane(drums: _Notes, kit: NDArray[np.int64], frame: _Frame) -> list[str]:
    """Draw one row per drum, the lowest note number at the bottom; every stroke is three pixels long."""
    if not len(kit):
        return []
    row = frame.drum_height / len(kit)
    top = frame.drum_top + (len(kit) - 0.9 - np.searchsorted(kit, drums.pitch)) * row
    struck = drums._replace(off=drums.on + max(3 * frame.end_ticks // frame.inner, 1))
    label = _text(_LEFT - 5, frame.drum_top + frame.drum_height / 2 + 3, "drums", _LABEL)
    return [label, *_paths(struck, top, row * 0.8, _DRUMS, frame)]


def _energy(notes: _Notes, frame: _Frame) -> list[str]:
    """Draw, for each quarter note, the sum of the velocities that sound in it; the curve is scaled to its peak."""
    beats = -(-frame.end_ticks // PPQ)
    change = np.zeros(beats + 1, dtype=np.int64)
    np.add.at(change, notes.on // PPQ, notes.velocity)
    np.add.at(change, -(-notes.off // PPQ), -notes.velocity)
    energy = np.cumsum(change)[:beats]
    heights = energy * ((_ENERGY_HEIGHT - 3) / max(int(energy.max()), 1))
    base = frame.energy_top + _ENERGY_HEIGHT
    # Points are in the middle of each beat; the first and last height are repeated at the edges.
    x = [_LEFT, *(frame.x(min((beat + 0.5) * PPQ, frame.end_ticks)) for beat in range(beats))]
    points = zip([*x, frame.width - _RIGHT], [heights[0], *heights, heights[-1]], strict=True)
    outline = "L".join(f"{_number(at)} {_number(base - high)}" for at, high in points)
    label = _text(_LEFT - 5, frame.energy_top + _ENERGY_HEIGHT / 2 + 3, "energy", _LABEL)
    area = f"M{_LEFT} {_number(base)}L{outline}V{_number(base)}z"
    return [label, f'<path d="{area}" fill="{_ENERGY}" fill-opacity=".25" stroke="{_ENERGY}"/>']
