"""Accompaniment from textures: pads, ostinati, bass lines and stabs.

A texture is a row of the bank: a rhythm of tokens that says which chord tone, degree or chord sounds. It is laid over
the chords of a section for the instrument that plays it, below the melody and inside the instrument's range.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cuesmith.compose.desk import velocity_of
from cuesmith.compose.setting import Setting
from cuesmith.motif.transform import remetre
from cuesmith.music.chord import Chord, chord_scale
from cuesmith.music.meter import Meter
from cuesmith.music.note import PPQ, Note
from cuesmith.music.pitch import fold
from cuesmith.music.scale import Key
from cuesmith.music.voicing import voice_lead
from cuesmith.orchestrate.cast import Player
from cuesmith.score import ChordSpan, Passage, SectionPlan, chord_at
from cuesmith.specs.banks import Texture

TIE_BARS = 2  # a common tone is held over a chord change for at most this many bars
_DEGREE = re.compile(r"([b#]?)(\d{1,2})(['’,]*)")


@dataclass(frozen=True, slots=True)
class Token:
    """One step of a pattern that sounds: its symbol, accent (+/-/0) and length in steps."""

    step: int
    symbol: str
    accent: int
    steps: int


def tokens(pattern: tuple[str, ...], first: int, count: int, cyclic: bool) -> Iterator[Token]:
    """The sounding tokens of one bar of `count` steps; `first` is the bar's place in a cycle that ignores bar lines."""
    symbols = [pattern[((first + i) if cyclic else i) % len(pattern)] for i in range(count)]
    i = 0
    while i < count:
        symbol = symbols[i]
        length = 1
        while i + length < count and symbols[i + length] == "-":
            length += 1
        if symbol not in (".", "-"):
            accent = 1 if symbol.endswith("!") else -1 if symbol.endswith("~") else 0
            yield Token(i, symbol.rstrip("!~"), accent, length)
        i += length


def _bars(texture: Texture, meter: Meter, bars: int) -> Iterator[tuple[int, Token]]:
    """(bar, token) for every sounding token of a texture over some bars."""
    steps = round(meter.bar_beats * texture.unit)
    triple = meter.numerator % 3 == 0
    words = tuple((texture.triple if triple and texture.triple else texture.pattern).split())
    if not words:
        return
    cyclic = meter.bar_ticks == 4 * PPQ or (triple and bool(texture.triple))
    for bar in range(bars):
        for token in tokens(words, bar * steps, steps, cyclic):
            yield bar, token


def window(player: Player, section: SectionPlan, width: int = 19) -> tuple[int, int]:
    """The register an accompanist keeps to: the lower part of the sweet range, moved by the seat's octave."""
    instrument = player.instrument
    assert instrument is not None
    low, high = instrument.sweet
    if player.seat.role == "bass":
        base = max(instrument.range[0], 28)
    else:
        base = max(low, 48) if high - max(low, 48) >= 12 else max(low, high - width)
    base += 12 * player.seat.octave
    base = max(instrument.range[0], min(base, instrument.range[1] - 12))
    return base, min(instrument.range[1], base + width)


def _ceilings(setting: Setting, spans: tuple[ChordSpan, ...]) -> tuple[int, ...]:
    out = []
    for span in spans:
        sung = setting.lead_between(span.onset, span.end)
        out.append(min((n.pitch for n in sung), default=127))
    return tuple(out)


def _voicings(
    setting: Setting, player: Player, section: SectionPlan, spans: tuple[ChordSpan, ...]
) -> tuple[tuple[int, ...], ...]:
    low, high = window(player, section)
    if player.seat.role == "bass":
        return tuple((low + (span.chord.bass - low) % 12,) for span in spans)
    assert player.instrument is not None
    voices = min(player.seat.voices, player.instrument.voices) if player.seat.voices > 1 else player.instrument.voices
    voices = max(1, min(voices, 4))
    return voice_lead(tuple(s.chord for s in spans), voices, low, high, top_limit=_ceilings(setting, spans))


def _degree_pitch(symbol: str, chord: Chord, key: Key, anchor: str, base: int) -> int:
    match = _DEGREE.fullmatch(symbol)
    if match is None:
        raise ValueError(f"'{symbol}' is not a degree")
    accidental, digits, marks = match.groups()
    degree = int(digits) - 1
    octave, inside = divmod(degree, 7)
    root = chord.root if anchor == "root" else key.tonic
    if accidental:
        semitone = (0, 2, 4, 5, 7, 9, 11)[inside] + (-1 if accidental == "b" else 1)
    elif anchor == "root":
        scale = sorted((pc - root) % 12 for pc in chord_scale(chord, key))
        near = (0, 2, 4, 5, 7, 9, 10)[inside]
        tones = [i % 12 for i in chord.intervals]
        pool = tones if inside in (0, 2, 4) and any(abs(t - near) <= 1 for t in tones) else scale
        semitone = min(pool, key=lambda s: (abs(s - near), s))
    else:
        semitone = key.pitch(inside, 0, 4) - key.pitch(0, 0, 4)
    start = base + (root - base) % 12
    return start + semitone + 12 * octave + 12 * (marks.count("'") + marks.count("’")) - 12 * marks.count(",")


def _bass_pitch(symbol: str, span: ChordSpan, after: ChordSpan, low: int, high: int, near: int) -> int:
    chord = span.chord
    bass = low + (chord.bass - low) % 12
    if bass + 12 <= min(high, low + 14) and abs(bass + 12 - near) < abs(bass - near):
        bass += 12
    if symbol == "a":  # a step into the next root, from whichever side is nearer
        target = low + (after.chord.bass - low) % 12
        target = min((target, target + 12), key=lambda p: abs(p - bass))
        return max(low, target - 1 if target > bass else target + 1)
    if symbol == "R":
        return bass
    if symbol == "8":
        return bass + 12 if bass + 12 <= high else bass
    wanted = {"3": (3, 4, 5), "5": (7, 6, 8), "7": (10, 11, 9)}[symbol]
    tones = {(pc - chord.bass) % 12 for pc in chord.classes}
    interval = next((w for w in wanted if w in tones), 7)
    return bass + interval if bass + interval <= high else bass + interval - 12 if bass + interval - 12 >= low else bass


def _consonant(pitch: int, chord: Chord) -> int:
    """A figure's note on a beat, moved to the chord tone it would rub against by a semitone."""
    if pitch % 12 in chord.classes:
        return pitch
    return next((pitch + move for move in (-1, 1) if (pitch + move) % 12 in chord.classes), pitch)


def _sustained(setting: Setting, player: Player, section: SectionPlan, velocity: int) -> list[Note]:
    spans = setting.spans(section)
    out: list[Note] = []
    held: dict[int, int] = {}  # pitch → index in out
    limit = TIE_BARS * section.meter.bar_ticks
    for span, voicing in zip(spans, _voicings(setting, player, section, spans), strict=True):
        kept: dict[int, int] = {}
        for pitch in voicing:
            index = held.get(pitch)
            if index is not None and out[index].duration + span.duration <= limit:
                out[index] = out[index]._replace(duration=out[index].duration + span.duration)
            else:
                index = len(out)
                out.append(Note(span.onset, span.duration, pitch, velocity))
            kept[pitch] = index
        held = kept
    return out


def _motif_steps(setting: Setting, section: SectionPlan) -> tuple[int, ...]:
    name = section.theme or (setting.plan.brief.themes[0] if setting.plan.brief.themes else None)
    if name is None:
        return (0, 4, 2, 4)
    motif = remetre(setting.themes[name].motif, section.meter)
    return tuple(n.step for n in motif.notes[:8]) or (0, 4)


def _pitched(setting: Setting, player: Player, section: SectionPlan, texture: Texture, velocity: int) -> list[Note]:
    meter = section.meter
    spans = setting.spans(section)
    low, high = window(player, section, 24 if texture.kind in ("arpeggio", "motif") else 19)
    voicings = dict(zip((s.onset for s in spans), _voicings(setting, player, section, spans), strict=True))
    step_ticks = PPQ // texture.unit
    out: list[Note] = []
    near = low + 5
    motif = _motif_steps(setting, section) if texture.kind == "motif" else ()
    count = 0
    for bar, token in _bars(texture, meter, section.bars):
        onset = section.start + bar * meter.bar_ticks + token.step * step_ticks
        span = chord_at(setting.harmony, onset)
        duration = max(30, round(token.steps * step_ticks * texture.gate))
        loud = max(20, min(120, velocity + (10, 0, -22)[1 - token.accent]))
        voicing = voicings.get(max(span.onset, section.start), ())
        if texture.kind == "chord":
            out.extend(Note(onset, duration, p, loud) for p in voicing)
            continue
        if texture.kind == "arpeggio":
            index = int(token.symbol)
            turns, inside = divmod(index, len(voicing))
            pitch = fold(
                voicing[inside] + 12 * turns,
                low,
                min(high + 12, player.instrument.range[1]) if player.instrument else high,
            )
        elif texture.kind == "bass":
            after = chord_at(setting.harmony, min(span.end, setting.plan.length - 1))
            pitch = _bass_pitch(token.symbol, span, after, low, high, near)
            near = pitch
        elif texture.kind == "motif":
            pitch = span.key.pitch(motif[count % len(motif)], 0, 4)
            pool = chord_scale(span.chord, span.key)
            pitch = pitch if pitch % 12 in pool else pitch - 1 if (pitch - 1) % 12 in pool else pitch + 1
            pitch = fold(pitch, low, max(high, low + 12))
            count += 1
        else:
            pitch = fold(
                _degree_pitch(token.symbol, span.chord, span.key, texture.anchor, low), low, max(high, low + 12)
            )
        if texture.kind in ("degree", "motif") and meter.strength((onset - section.start) % meter.bar_ticks) >= 2:
            pitch = _consonant(pitch, span.chord)
        out.append(Note(onset, duration, pitch, loud))
    return out


def texture_for(setting: Setting, player: Player, section: SectionPlan) -> str | None:
    """The texture a seat plays in a section: one for each kind of section, so that returns are recognised."""
    weights = player.seat.textures
    if not weights:
        return None
    return setting.draw.child(player.id, "texture", section.harmony, section.treatment in ("chorus", "build")).weighted(
        weights
    )


def accompany(setting: Setting, player: Player) -> tuple[Passage, ...]:
    """All passages of one accompanying seat."""
    out = []
    for section in setting.plan.sections:
        if not setting.cast.active(player, section):
            continue
        name = texture_for(setting, player, section)
        if name is None:
            continue
        texture = setting.textures[name]
        velocity = velocity_of(section.energy) - 8 + texture.velocity
        if texture.kind == "sustain":
            notes = _sustained(setting, player, section, max(25, velocity))
        else:
            notes = _pitched(setting, player, section, texture, max(25, velocity))
        if notes:
            articulation = player.seat.articulation or texture.articulation
            out.append(Passage(tuple(sorted(notes)), section.index, name, articulation))
    return tuple(out)
