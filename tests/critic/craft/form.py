"""Measures of form: endings, the climax, the arc of density, section lengths."""

from __future__ import annotations

import numpy as np
from tests.critic.craft.heard import STEPS, Floats, Heard

LOW = 48  # what lies below is bass
NEAR = 1  # bars within which the parts of a climax coincide
LATE = 0.6  # of a cue: densest after this place
ARC_POINTS = 16  # places at which the arcs of two cues are compared
FULLEST_BARS = 4
FEW = 3  # tracks or less that end a cue: few
OPENING = ("intro", "coda", "break", "link", "none")


def final_on_tonic(cue: Heard) -> float | None:
    """1 when the last note of the tune is the tonic of the last section's key."""
    if cue.tonic is None or not len(cue.tune.pitch):
        return None
    return float(cue.tune.pitch[-1] % 12 == cue.tonic)


def coda_kind(cue: Heard) -> str | None:
    """What is heard at the end, in three facts; the kind the explain JSON names under `coda`, where it does."""
    if cue.coda:
        return cue.coda
    if not cue.sections or cue.count < 4:
        return None
    arc = notes_per_bar(cue)
    last_two = [t for t in cue.tracks if len(t.onset) and t.onset.max() >= cue.bars[-3]]
    who = "one" if len(last_two) == 1 else "few" if len(last_two) <= FEW else "all"
    after, before = float(arc[-2:].mean()), float(arc[-6:-2].mean()) if cue.count >= 6 else float(arc[:-2].mean())
    way = "rises" if after > 1.1 * before else "sinks" if after < 0.7 * before else "holds"
    last_tune = int(cue.bar_of(cue.tune.onset[-1:])[0]) if len(cue.tune.onset) else -9
    last_band = max(int(cue.bar_of(t.onset[-1:])[0]) for t in cue.tracks if len(t.onset))
    tune = "with the band" if last_tune >= last_band else "before the band" if last_tune >= last_band - 2 else "gone"
    return f"{who} play, density {way}, tune ends {tune}"


def climax_coincides(cue: Heard) -> float | None:
    """1 when highest tune note, fullest chord and fullest bass lie within a bar of one another (ties: the nearest)."""
    if len(cue.tune.pitch) < 2 or cue.count < 8:
        return None
    high = cue.bar_of(cue.tune.onset[cue.tune.pitch == cue.tune.pitch.max()])
    chord, bass = np.zeros(cue.count), np.zeros(cue.count)
    rows = [(t.onset, t.end, t.pitch) for t in cue.pitched]
    onset, end, pitch = (np.concatenate(column) for column in zip(*rows, strict=True))
    for bar, line in enumerate(cue.bars[:-1]):
        places = np.unique(onset[(onset >= line) & (onset < cue.bars[bar + 1])])
        for place in places:
            sounds = (onset <= place) & (end > place)
            chord[bar] = max(chord[bar], len(np.unique(pitch[sounds])))
            bass[bar] = max(bass[bar], int((sounds & (pitch < LOW)).sum()))
    full, low = np.flatnonzero(chord == chord.max()), np.flatnonzero(bass == bass.max())
    near = [
        max(h, f, b) - min(h, f, b)
        for h in high
        for f in full[np.abs(full - h).argsort()[:2]]
        for b in low[np.abs(low - h).argsort()[:2]]
    ]
    return float(min(near) <= NEAR)


def lead_in_chorus(cue: Heard) -> float | None:
    """Share of the bars of choruses in which a lead sounds."""
    bars = [bar for section in cue.treated("chorus") for bar in range(section.first, section.last)]
    return float(cue.sounding(cue.tune)[bars].mean()) if bars else None


def chorus_opens_with_hook(cue: Heard) -> float | None:
    """1 when a statement that keeps the hook (identity .9 and more) begins in the last chorus's first bar."""
    choruses = cue.treated("chorus")
    if not choruses:
        return None
    first = choruses[-1].first
    return float(any(s.first == first and s.identity >= 0.9 for s in cue.statements))


def notes_per_bar(cue: Heard) -> Floats:
    """Notes (drums too) that begin in each bar, per quarter note of it."""
    found = np.zeros(cue.count)
    for track in cue.tracks:
        found += np.bincount(cue.bar_of(track.onset), minlength=cue.count)
    per_quarter: Floats = found * STEPS / np.diff(cue.bars)
    return per_quarter


def density_slope(cue: Heard) -> float | None:
    """Slope of notes per bar over the cue (0..1), fitted to a line, divided by the mean."""
    arc = notes_per_bar(cue)
    if cue.count < 4 or not arc.any():
        return None
    return float(np.polyfit(np.linspace(0, 1, cue.count), arc, 1)[0] / arc.mean())


def density_rises(cue: Heard) -> float | None:
    """1 when the slope of density is above 0."""
    slope = density_slope(cue)
    return None if slope is None else float(slope > 0)


def density_peak(cue: Heard) -> float | None:
    """Place (0..1) of the fullest four bars by notes."""
    arc = notes_per_bar(cue)
    if cue.count <= FULLEST_BARS:
        return None
    full = np.convolve(arc, np.ones(FULLEST_BARS), mode="valid")
    return float(full.argmax() / (len(full) - 1))


def dense_late(cue: Heard) -> float | None:
    """1 when the fullest four bars lie after 60 %."""
    place = density_peak(cue)
    return None if place is None else float(place > LATE)


def arc_of(cue: Heard) -> Floats | None:
    """Notes per quarter at sixteen places of the cue (each the mean of a sixteenth of it)."""
    arc = notes_per_bar(cue)
    if cue.count < 4:
        return None
    lines = np.cumsum(np.append(0.0, arc))
    at = np.interp(np.linspace(0, cue.count, ARC_POINTS + 1), np.arange(cue.count + 1), lines)
    found: Floats = np.diff(at)
    return found


def uneven_forms(cue: Heard) -> float | None:
    """1 when a section (no intro, coda, break or link) has a number of bars that is no multiple of four."""
    sections = [s for s in cue.sections if s.treatment not in OPENING]
    return float(any((s.last - s.first) % 4 for s in sections)) if sections else None


def lead_ins(cue: Heard) -> float | None:
    """Share of section lines before which a pitched track, silent for two bars, begins in the bar before the line."""
    lines = [section.first for section in cue.sections if section.first >= 3]
    if not lines:
        return None
    found = []
    for line in lines:
        plays = [cue.struck(track) for track in cue.pitched]
        found.append(any(p[line - 1] and p[line] and not p[line - 3 : line - 1].any() for p in plays))
    return float(np.mean(found))
