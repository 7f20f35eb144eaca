"""Changes of key: how the last chords before one prepare it."""

from __future__ import annotations

from collections.abc import Sequence

from cuesmith.chance import Stream
from cuesmith.composition.harmony.chord_sequence import TimedChord, chords_until, half_bar
from cuesmith.composition.harmony.progression import kin_weight
from cuesmith.music.chord import Roman, applied, roman_on
from cuesmith.music.scale import MODES, Key
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.specs.banks.harmony import Modulation
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.style import Style

AFTER_SILENCE = 8.0  # factor on the weight of an unprepared key after a silence
# possible pivot triads of the new key, the best first: (semitones above its tonic, quality)
PIVOTS = (
    (2, "min"), (4, "min"), (5, "maj"), (9, "min"), (7, "maj"),
    (0, "maj"), (0, "min"), (5, "min"), (8, "maj"), (10, "maj"),
)  # fmt: skip


def _tonic(key: Key, above: int) -> Roman:
    """Return the tonic triad of a key as a numeral of another key, whose tonic is `above` semitones lower."""
    return roman_on(above, "min" if key.minor else "maj")


def _pivot(old: Key, new: Key, move: int) -> Roman | None:
    """Return a triad that both keys share and that is the tonic of neither, as a numeral of the old key."""
    here, there = frozenset(MODES[old.mode]), frozenset((degree + move) % 12 for degree in MODES[new.mode])
    for degree, quality in PIVOTS:
        root = (degree + move) % 12
        roman = roman_on(root, quality)
        if root not in (0, move) and roman.classes <= here & there:
            return roman
    return None


def _tactics(
    old: SectionPlan, new: SectionPlan, last: Roman, banks: Banks, plan: Plan, style: Style
) -> dict[str, float]:
    """Map each possible kind of modulation to its weight."""
    move = (new.key.tonic - old.key.tonic) % 12
    new_tonic = _tonic(new.key, move)
    silent = old.treatment_row.silent
    out = {}
    for name, row in banks.modulations.items():
        fits = {
            "parallel": move == 0,
            "relative": new.key.minor != old.key.minor and move == (9 if new.key.minor else 3),
            "common_tone": bool(last.classes & new_tonic.classes),
            "pivot": _pivot(old.key, new.key, move) is not None,
            "cold": silent,
        }
        if (row.moves and move not in row.moves) or not fits.get(row.tactic, True):
            continue
        weight = row.weight * kin_weight(row.styles, plan.brief.style, style.kin)
        out[name] = weight * (AFTER_SILENCE if silent and row.tactic == "cold" else 1.0)
    return out


def _chords(row: Modulation, old: Key, new: Key) -> tuple[Roman, ...]:
    """Return the chords for the last beats of the old section, as its numerals; empty when it stays as it is."""
    move = (new.tonic - old.tonic) % 12
    goal = _tonic(new, move)
    if row.tactic in ("dominant", "flat_seventh"):
        return (applied("V7", goal),)
    if row.tactic == "diminished":
        return (applied("viio7", goal),)
    if row.tactic == "pivot":
        pivot = _pivot(old, new, move)
        return (pivot, applied("V7", goal)) if pivot is not None else (applied("V7", goal),)
    return ()


def prepare_key_change(
    chords: Sequence[TimedChord],
    old: SectionPlan,
    new: SectionPlan,
    plan: Plan,
    style: Style,
    banks: Banks,
    draw: Stream,
) -> tuple[list[TimedChord], str]:
    """Prepare a change of key; return the chords of the old section, and the device for the new section's first chord.

    The device is "" when the old section already has it.
    """
    out = list(chords)
    weights = _tactics(old, new, out[-1].roman, banks, plan, style)
    if not weights:
        return out, ""
    row = banks.modulations[draw.weighted(weights)]
    preparation = _chords(row, old.key, new.key)
    if not preparation:
        return out, row.device
    half = half_bar(old.meter)
    lengths = [half] if len(preparation) == 1 else [old.meter.bar_ticks - half, half]
    available = min(sum(lengths), out[-1].length)
    if available < sum(lengths):
        preparation, lengths = preparation[-1:], [min(half, available)]
    edge = old.length - sum(lengths)
    cadence = out[-1].cadence
    kept = [chord._replace(cadence="") for chord in chords_until(out, edge)]
    at = edge
    for roman, length in zip(preparation, lengths, strict=True):
        kept.append(TimedChord(at, length, roman, row.device))
        at += length
    kept[-1] = kept[-1]._replace(cadence=cadence and "half")
    return kept, ""
