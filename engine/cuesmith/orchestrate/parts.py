"""Build parts from passages and drum strokes: instruments and ranges, drum kits, stems, pan and reverb."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from cuesmith.casting.player import Player
from cuesmith.music.note import PPQ, Note
from cuesmith.music.pitch import fold
from cuesmith.plan.model import Plan
from cuesmith.score import Part, Passage, Stroke
from cuesmith.specs.banks.library import Banks

TIMPANI = range(41, 54)  # keys of the timpani in the orchestra kit

STEMS = {
    "lead": "melody", "counter": "melody", "pad": "harmony", "ostinato": "rhythm",
    "bass": "bass", "pulse": "percussion", "impact": "harmony", "colour": "colour",
}  # fmt: skip


def _with_part_named(passage: Passage, part: str) -> Passage:
    """Write the id of the part into the statement of a passage."""
    if passage.statement is None:
        return passage
    return replace(passage, statement=replace(passage.statement, part=part))


def in_range(passages: Iterable[Passage], player: Player) -> tuple[Passage, ...]:
    """Move notes outside the range of the player's instrument into it, by octaves.

    Notes that fit in no octave are left out. Statements get the id of the part that plays them.
    """
    assert player.instrument is not None
    low, high = player.instrument.range
    kept = []
    for passage in passages:
        moved = set(passage.notes)
        if any(not low <= n.pitch <= high for n in moved):
            moved = {n._replace(pitch=pitch) for n in moved if (pitch := fold(n.pitch, low, high)) <= high}
        if moved:
            kept.append(_with_part_named(replace(passage, notes=tuple(sorted(moved))), player.id))
    return tuple(kept)


def pitched_part(player: Player, passages: Iterable[Passage]) -> Part:
    """Build the part of a pitched instrument, with all notes in its range."""
    instrument, seat = player.instrument, player.seat
    assert instrument is not None
    return Part(
        id=player.id, name=instrument.name, role=seat.role, instrument=player.instrument_id,
        program=instrument.program, bank=instrument.bank, drums=False, layer=seat.levels[0],
        stem=STEMS[seat.role], level_db=seat.level_db, pan=instrument.pan, reverb=instrument.reverb,
        passages=in_range(passages, player),
    )  # fmt: skip


@cache
def _tuned(layer_note: int, above_tonic: int | None, tonic: int) -> int:
    """Return the key of a tuned drum (timpani) for a tone of the current key; other drums keep their own key.

    above_tonic: the tone, in semitones above the tonic; None: not a tuned drum.
    """
    if above_tonic is None:
        return layer_note
    pitch_class = (tonic + above_tonic) % 12
    return min((p for p in TIMPANI if p % 12 == pitch_class), key=lambda p: (abs(p - layer_note), p))


def percussion_parts(plan: Plan, player: Player, strokes: tuple[Stroke, ...], banks: Banks) -> tuple[Part, ...]:
    """Build the parts of a drummer: one for the kit, and one per melodic program that its voices are layered with."""
    kit = banks.kits[player.seat.kit or ""]
    notes: dict[tuple[int, int] | None, dict[int, dict[tuple[int, int], tuple[Note, str]]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    count: dict[str, int] = defaultdict(int)
    # programs that are cut off by a gate → the drum voice they belong to
    gated: dict[tuple[int, int] | None, str] = {}
    for stroke in strokes:
        voice = banks.drums[stroke.voice]
        count[stroke.voice] += 1
        odd = count[stroke.voice] % 2
        for layer in voice.layers:
            source = None if layer.program is None else (layer.program, layer.bank)
            tonic = plan.sections[stroke.section].key.tonic
            pitch = _tuned(layer.note, voice.tuned, tonic) + (1 if source is not None and odd else 0)
            velocity = (
                round(stroke.velocity * voice.scale) + layer.velocity - (7 if odd and voice.group == "taiko" else 0)
            )
            ring = min(round(voice.ring_beats * PPQ), plan.length - stroke.onset)  # the sample rings on after the note
            if layer.gate_ms is not None:
                ring = round(layer.gate_ms / 60_000 * plan.tempo.bpm(stroke.onset) * PPQ)
                gated[source] = voice.name
            note = Note(stroke.onset, max(60, ring), pitch, max(12, min(124, velocity)))
            section_notes = notes[source][stroke.section]
            key = (note.onset, note.pitch)
            if key not in section_notes or section_notes[key][0].velocity < note.velocity:
                section_notes[key] = (note, stroke.device)
    out = []
    for source in sorted(notes, key=lambda s: (s is not None, s or (0, 0))):
        passages = []
        for section in sorted(notes[source]):
            items = sorted(notes[source][section].values())
            by_device: dict[str, list[Note]] = defaultdict(list)
            for note, device in items:
                by_device[device].append(note)
            passages += [
                Passage(tuple(found_notes), section, device, "gated" if source in gated else "percussion")
                for device, found_notes in by_device.items()
            ]
        program, bank = source or (kit.program, 0)
        name = kit.name if source is None else gated.get(source) or _program_name(banks, program, bank)
        out.append(
            Part(
                id=player.id if source is None else f"{player.id}-{program}-{bank}", name=name, role=player.seat.role,
                instrument=player.instrument_id, program=program, bank=bank, drums=source is None,
                layer=player.seat.levels[0],
                stem="percussion", level_db=player.seat.level_db, pan=0.0, reverb=0.0 if source in gated else 0.3,
                passages=tuple(passages), player=player.id,
            )
        )  # fmt: skip
    return tuple(out)


def _program_name(banks: Banks, program: int, bank: int) -> str:
    """Return the name of a program, for the name of its part."""
    names = {(i.program, i.bank): i.name for i in banks.instruments.values()}
    plain = names.get((program, 0), f"Program {program}")
    return names.get((program, bank), f"{plain} (variation {bank})")
