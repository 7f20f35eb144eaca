"""Accompaniment from textures: pads, ostinati, stabs, and the bass line.

A texture is a row of the bank: a rhythm of tokens, each for a chord tone, a degree or a whole chord. It is applied to
the chords of a section for one instrument, below the melody and inside the instrument's range.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cuesmith.casting.cast import Player
from cuesmith.composition.accompaniment.bass import bass_line, root_pitches
from cuesmith.composition.accompaniment.inner_voices import EVERY_BARS, figure, lyrical
from cuesmith.composition.accompaniment.patterns import grouped_texture, tokens_by_bar
from cuesmith.composition.accompaniment.vamps import between_entry_and_gap
from cuesmith.composition.accompaniment.voicings import Voicings, under_tune, voicings, window
from cuesmith.composition.context import ComposeContext
from cuesmith.composition.melody.melody_writer import velocity_of
from cuesmith.motif.transform import change_meter
from cuesmith.music.chord import Chord, chord_scale
from cuesmith.music.note import PPQ, Note
from cuesmith.music.partwriting import UNDER
from cuesmith.music.pitch import fold
from cuesmith.music.scale import Key
from cuesmith.plan.model import SectionPlan
from cuesmith.score import Passage, chord_at
from cuesmith.specs.banks.textures import Texture

TIE_BARS = 2  # common tones are tied over chord changes for at most this many bars
LINE = 16  # least semitones of room for a figure, so that a line need not leap an octave in the middle of a scale
BROKEN = 3  # least chord tones of an arpeggio, on any instrument
FREE_TAG = "free"  # tag of textures without a pulse
STIRRED = "moves"  # tag of held chords with a moving inner voice in every mood
_DEGREE = re.compile(r"([b#]?)(\d{1,2})(['’,]*)")


def _degree_pitch(symbol: str, chord: Chord, key: Key, anchor: str, base: int) -> int:
    """Return the pitch of a scale degree such as `b3`, `5'` or `1,`.

    anchor: `root` counts from the root of the chord, otherwise from the tonic. base: the lowest pitch. Raises
        ValueError when `symbol` is not a degree.
    """
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


def _consonant(pitch: int, chord: Chord) -> int:
    """Move a note to the chord tone that lies a semitone away, where there is one."""
    if pitch % 12 in chord.classes:
        return pitch
    return next((pitch + move for move in (-1, 1) if (pitch + move) % 12 in chord.classes), pitch)


def _held_voicings(context: ComposeContext, player: Player, section: SectionPlan, before: tuple[int, ...]) -> Voicings:
    """Return the notes of each held chord: voicings, or single notes for a bass."""
    spans = context.spans(section)
    if player.seat.role != "bass":
        return voicings(context, player, section, spans, before)
    low, high = window(player, section)
    return tuple((p,) for p in root_pitches(context, section, spans, low, high, before[0] if before else None))


def _sustained(
    context: ComposeContext,
    player: Player,
    section: SectionPlan,
    texture: Texture,
    velocity: int,
    before: tuple[int, ...],
) -> tuple[list[Note], dict[str, list[Note]]]:
    """Return the held chords of a section, with common tones tied, and the notes of moving inner voices by figure."""
    out: list[Note] = []
    inside: dict[str, list[Note]] = {}
    held: dict[int, int] = {}  # pitch → index in out
    limit = TIE_BARS * section.meter.bar_ticks
    calm = texture.articulation == "legato" and lyrical(context.plan) and context.voicing.inner
    moves = player.seat.role == "pad" and (calm or STIRRED in texture.tags)
    draw = context.draw.child(player.id, "inner", section.harmony, section.treatment)
    free_from = section.start
    last: tuple[int, ...] = ()
    spans = context.spans(section)
    for span, voicing in zip(spans, _held_voicings(context, player, section, before), strict=True):
        kept: dict[int, int] = {}
        moved = None
        if moves and span.onset >= free_from:
            moved = figure(context, span, voicing, last, draw.child(span.onset - section.start))
        if moved is not None:
            free_from = span.onset + EVERY_BARS * section.meter.bar_ticks
            notes = [Note(span.onset + at, length, pitch, velocity) for at, length, pitch in moved.notes]
            tied = held.get(notes[0].pitch)
            if tied is not None:  # a suspension: extend the note that prepares it
                out[tied] = out[tied]._replace(duration=out[tied].duration + notes[0].duration)
                notes = notes[1:]
            inside.setdefault(f"inner {moved.name}", []).extend(notes)
        for pitch in voicing:
            if moved is not None and pitch == moved.voice:
                continue
            index = held.get(pitch)
            if index is not None and out[index].end == span.onset and out[index].duration + span.duration <= limit:
                out[index] = out[index]._replace(duration=out[index].duration + span.duration)
            else:
                index = len(out)
                out.append(Note(span.onset, span.duration, pitch, velocity))
            kept[pitch] = index
        held, last = kept, voicing
    return out, inside


def _motif_steps(context: ComposeContext, section: SectionPlan) -> tuple[int, ...]:
    """Return the scale steps of the first notes of the theme, for figures made from it."""
    name = section.theme or (context.plan.brief.themes[0] if context.plan.brief.themes else None)
    if name is None:
        return (0, 4, 2, 4)
    motif = change_meter(context.themes[name].motif, section.meter)
    return tuple(n.step for n in motif.notes[:8]) or (0, 4)


def _out_of_the_way(context: ComposeContext, player: Player, leader: str, note: Note) -> Note:
    """Move a note an octave when it is too near the melody of a leader from the same family."""
    melody = context.lead_note_at(note.onset)
    if melody is None or abs(melody.pitch - note.pitch) >= UNDER or player.instrument is None:
        return note
    if context.cast.instrument(leader).family != player.instrument.family:
        return note
    low, high = player.instrument.range
    moved = note.pitch - 12 if note.pitch - 12 >= low else note.pitch + 12 if note.pitch + 12 <= high else note.pitch
    return note._replace(pitch=moved)


def _pitched(
    context: ComposeContext,
    player: Player,
    section: SectionPlan,
    texture: Texture,
    velocity: int,
    before: tuple[int, ...],
) -> list[Note]:
    """Return the notes of a texture with chords, arpeggios, degrees or a motif."""
    meter = section.meter
    spans = context.spans(section)
    low, high = window(player, section, 24 if texture.kind in ("arpeggio", "motif") else 19)
    sung = player.seat.role != "bass" and bool(context.lead_between(section.start, section.end))
    if sung:
        low, high = under_tune(context, player, section, low, high)
    chords: dict[int, tuple[int, ...]] = {}
    if texture.kind in ("chord", "arpeggio"):
        found = voicings(context, player, section, spans, before, BROKEN if texture.kind == "arpeggio" else 1)
        chords = dict(zip((s.onset for s in spans), found, strict=True))
    step_ticks = PPQ // texture.unit
    out: list[Note] = []
    motif = _motif_steps(context, section) if texture.kind == "motif" else ()
    leader = context.cast.leads[section.index]
    degrees: dict[tuple[int, str], int] = {}  # (onset of the chord, symbol) → pitch
    for bar, token in ((bar, token) for bar, found in tokens_by_bar(texture, meter, section.bars) for token in found):
        onset = section.start + bar * meter.bar_ticks + token.step * step_ticks
        span = chord_at(context.harmony, onset)
        duration = max(30, round(token.steps * step_ticks * texture.gate))
        if token.steps * step_ticks > PPQ:  # a held note ends with its chord
            duration = min(duration, max(PPQ // 2, span.end - onset))
        loud = max(20, min(120, velocity + (10, 0, -22)[1 - token.accent]))
        voicing = chords.get(max(span.onset, section.start), ())
        if texture.kind == "chord":
            # a ghost stroke on damped strings has only one note
            strings = voicing if token.accent >= 0 else voicing[-1:]
            out.extend(Note(onset, duration, p, loud) for p in strings)
            end = min(onset + token.steps * step_ticks, section.end)
            if token.steps * step_ticks > PPQ:  # the rest of a held chord continues as the next chord
                for later in (s for s in spans if onset < s.onset and end - s.onset >= PPQ):
                    length = round((min(end, later.end) - later.onset) * min(1.0, texture.gate))
                    out.extend(Note(later.onset, length, p, loud) for p in chords[later.onset])
            continue
        if texture.kind == "arpeggio":
            index = int(token.symbol)
            octaves, inside = divmod(index, len(voicing))
            pitch = fold(
                voicing[inside] + 12 * octaves,
                low,
                high if sung else min(high + 12, player.instrument.range[1]) if player.instrument else high,
            )
        elif texture.kind == "motif":
            pitch = span.key.pitch(motif[token.number % len(motif)], 0, 4)
            pool = chord_scale(span.chord, span.key)
            pitch = pitch if pitch % 12 in pool else pitch - 1 if (pitch - 1) % 12 in pool else pitch + 1
            pitch = fold(pitch, low, max(high, low + LINE))
        else:
            place = (span.onset, token.symbol)
            if place not in degrees:
                pitch = _degree_pitch(token.symbol, span.chord, span.key, texture.anchor, low)
                degrees[place] = fold(pitch, low, max(high, low + LINE))
            pitch = degrees[place]
        if texture.kind in ("degree", "motif") and meter.strength((onset - section.start) % meter.bar_ticks) >= 2:
            pitch = _consonant(pitch, span.chord)
        note = Note(onset, duration, pitch, loud)
        out.append(_out_of_the_way(context, player, leader, note) if leader is not None else note)
    return out


def texture_for(context: ComposeContext, player: Player, section: SectionPlan) -> str | None:
    """Choose the texture of a seat in a section: the same in sections of the same kind, so that returns are recognised.

    A bass keeps one feel throughout the cue (swing, latin or straight).
    """
    weights: Mapping[str, float] = player.seat.textures
    if not weights:
        return None
    if section.meter.free:
        weights = without_pulse(weights, context.textures)
    draw = context.draw.child(player.id, "texture")
    if player.seat.role == "bass" and len(weights) > 1:
        feel = feel_of(context.textures[draw.child("feel").weighted(weights)])
        weights = {name: weight for name, weight in weights.items() if feel_of(context.textures[name]) == feel}
    full = section.treatment_row.theme in ("crowned", "rising")
    return draw.child(section.harmony, full).weighted(weights)


def without_pulse(weights: Mapping[str, float], textures: Mapping[str, Texture]) -> Mapping[str, float]:
    """Return the textures of a seat that need no pulse; if there are none, those of the bank for its role."""
    suitable = {name: weight for name, weight in weights.items() if _needs_no_pulse(textures[name])}
    if suitable:
        return suitable
    usual = textures[max(weights, key=lambda name: weights[name])]
    of_role = {name: row for name, row in textures.items() if FREE_TAG in row.tags and row.role == usual.role}
    of_kind = [name for name, row in of_role.items() if row.kind == usual.kind and row.anchor == usual.anchor]
    return dict.fromkeys(of_kind or of_role, 1.0)


def _needs_no_pulse(texture: Texture) -> bool:
    """Tell whether a texture can be played in free meter."""
    return texture.kind == "sustain" or FREE_TAG in texture.tags


def feel_of(texture: Texture) -> str:
    """Return the feel of a texture: `swing`, `latin` or "" (straight)."""
    return next((tag for tag in ("swing", "latin") if tag in texture.tags), "")


def accompany(context: ComposeContext, player: Player) -> tuple[Passage, ...]:
    """Write all passages of an accompanying seat; the first chord of a section continues from the section before."""
    out: list[Passage] = []
    before: tuple[int, ...] = ()
    for section in context.plan.sections:
        name = texture_for(context, player, section) if context.cast.active(player, section) else None
        if name is None:
            before = ()
            continue
        texture = grouped_texture(context.textures[name], section.meter)
        velocity = max(25, velocity_of(section.energy) - 8 + texture.velocity)
        articulation = player.seat.articulation or texture.articulation
        inside: dict[str, list[Note]] = {}
        if texture.kind == "sustain":
            notes, inside = _sustained(context, player, section, texture, velocity, before)
        elif texture.kind == "bass":
            notes = bass_line(context, player, section, texture, velocity, before[0] if before else None)
        else:
            notes = _pitched(context, player, section, texture, velocity, before)
        notes = between_entry_and_gap(context, player, section, notes)
        if notes:
            last = max(n.onset for n in notes)
            before = tuple(sorted(n.pitch for n in notes if n.end > last))
            out.append(Passage(tuple(sorted(notes)), section.index, name, articulation))
        for device, moved in inside.items():
            kept = between_entry_and_gap(context, player, section, moved)
            out += [Passage(tuple(sorted(kept)), section.index, device, articulation)] if kept else []
    return tuple(out)
