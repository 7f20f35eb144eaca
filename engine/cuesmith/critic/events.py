"""Rules about when things happen: fills, section boundaries, glissandi, doublings, hit points.

Only for composed cues.
"""

from __future__ import annotations

from collections.abc import Iterator

from cuesmith.composition.accompaniment.section_boundaries import LEAD_INS
from cuesmith.critic.model import Breach, Check, Limits
from cuesmith.critic.view import Event, View
from cuesmith.plan.model import PlannedHit, SectionPlan

LOGGED = frozenset({"parts", "sections", "passages"})
PHRASE_BARS = 4
SEVERAL = {"canon", "blocking", "dialogue", "counterpoint", "bass"}  # operations that need several leading voices
FILLS = ("oroshi", "drum break", "cymbal swell")  # these count as one device, with any number of drummers
BLENDS = frozenset(  # families whose instruments blend when one doubles the other (Rimsky-Korsakov; composing practice)
    frozenset(pair)
    for pair in (
        ("strings", "woodwind"), ("strings", "brass"),    ("strings", "choir"),    ("strings", "synth"),
        ("strings", "keys"),     ("strings", "mallet"),   ("woodwind", "brass"),   ("woodwind", "mallet"),
        ("woodwind", "keys"),    ("woodwind", "plucked"), ("woodwind", "guitar"),  ("woodwind", "traditional"),
        ("plucked", "strings"),  ("plucked", "keys"),     ("plucked", "guitar"),   ("plucked", "traditional"),
        ("brass", "synth"),      ("brass", "guitar"),     ("brass", "choir"),      ("brass", "mallet"),
        ("guitar", "synth"),     ("guitar", "keys"),      ("guitar", "mallet"),    ("guitar", "strings"),
        ("synth", "choir"),      ("synth", "keys"),       ("synth", "mallet"),     ("keys", "mallet"),
        ("traditional", "strings"), ("traditional", "brass"), ("choir", "keys"),
    )
)  # fmt: skip


def foreground(view: View, limits: Limits) -> Iterator[Breach]:
    """Q33: no more tunes play at once than listeners can follow, unless the theme comes in several voices."""
    several = [(s.start, s.end) for s in view.statements if SEVERAL.intersection(op.partition(":")[0] for op in s.ops)]
    sung = [e for e in view.events if e.role == "lead" and not e.device.startswith("doubles ")]
    for event in sung:
        if any(start < event.end and event.start < end for start, end in several):
            continue
        others = {e.part for e in sung if e.start <= event.start < e.end}
        if len(others) > limits["most"]:
            yield Breach(len(others), limits["most"], f"{len(others)} tunes at once", event.start, event.part)
            return


def _section(view: View, event: Event) -> SectionPlan:
    return view.sections[event.section]


def early_fills(view: View, limits: Limits) -> Iterator[Breach]:
    """Q38: drum fills come at the end of a phrase or section, not inside."""
    for event in view.events:
        if event.role != "pulse" or not event.device.endswith(" fill"):
            continue
        section = _section(view, event)
        bar = (event.start - section.start) // section.meter.bar_ticks
        if bar % PHRASE_BARS != PHRASE_BARS - 1 and bar < section.bars - limits["bars"]:
            yield Breach(bar + 1, section.bars, f"a fill in bar {bar + 1} of {section.bars} of {section.name}",
                         event.start, event.part)  # fmt: skip
            return


def blends(view: View, limits: Limits) -> Iterator[Breach]:
    """Q48: an instrument that doubles the melody is of its family or blends with it, and is some decibels softer."""
    parts = {part.id: part for part in view.parts}
    seen: set[tuple[str, str]] = set()
    for event in view.events:
        source = event.device.removeprefix("doubles ")
        if event.role != "lead" or source == event.device or source not in parts or (source, event.part) in seen:
            continue
        seen.add((source, event.part))
        first, second = parts[source], parts[event.part]
        if first.instrument is None or second.instrument is None:
            continue
        pair = frozenset((first.instrument.family, second.instrument.family))
        if len(pair) > 1 and pair not in BLENDS:
            yield Breach(0, 1, f"{second.name} doubles {first.name}", event.start, event.part)
        under = first.level_db - second.level_db
        if not limits["least_db"] <= under <= limits["most_db"]:
            bound = limits["least_db"] if under < limits["least_db"] else limits["most_db"]
            yield Breach(under, bound, f"{second.name} lies {under:.0f} dB under {first.name}, whom it doubles",
                         event.start, event.part)  # fmt: skip


def hit_points(view: View, limits: Limits) -> Iterator[Breach]:
    """Q55: hit points are met: those that must be met within a frame, lighter ones at least on the nearest beat.

    A lighter hit gives way to heavier hits and to the range of tempi: it may be `soft_ms` off, or half a felt beat
    where that is longer. A hit of weight 0 is optional: missing it is no fault.
    """
    for hit in view.hits:
        if not hit.weight:
            continue
        most = limits["hard_ms"] if hit.weight >= limits["heavy"] else max(limits["soft_ms"], _half_beat_ms(view, hit))
        if abs(hit.error_ms) > most:
            yield Breach(abs(hit.error_ms), most, f"the hit at {hit.at_sec:.2f} s is missed by {hit.error_ms:+.0f} ms",
                         hit.tick)  # fmt: skip


def _half_beat_ms(view: View, hit: PlannedHit) -> float:
    """Return half the length of the longer felt beat beside a hit, in milliseconds."""
    meter = next((change.meter for change in reversed(view.meters) if change.tick <= hit.tick), view.meters[0].meter)
    beat = max(meter.groups) * meter.unit_ticks
    before, after = max(0, hit.tick - beat), hit.tick + beat
    seconds = view.tempo.seconds
    return 500 * max(seconds(after) - seconds(hit.tick), seconds(hit.tick) - seconds(before))


def _marking_devices(view: View, before: SectionPlan, after: SectionPlan) -> set[str]:
    """Return the devices that mark a boundary: gestures that lead into it, and drum fills (counted as one)."""
    start, window = after.start, before.meter.bar_ticks
    near = [e for e in view.events if e.start <= start and e.end > start - window and e.section == before.index]
    found = {e.device for e in near if e.device in LEAD_INS and start - 2 * window <= e.start}
    if any(e.role == "pulse" and (e.device.endswith(" fill") or e.device in FILLS) for e in near):
        found.add("fill")
    return found


def _has_other_mark(view: View, before: SectionPlan, after: SectionPlan) -> bool:
    """Whether a boundary is marked by a break, a new key, or players that come or go."""

    def playing(section: SectionPlan) -> frozenset[str]:
        return frozenset(e.part for e in view.events if e.section == section.index and e.device != "ending")

    silent = before.treatment_row.silent or after.treatment_row.silent
    return silent or before.key != after.key or playing(before) != playing(after)


def boundaries(view: View, limits: Limits) -> Iterator[Breach]:
    """Q74: every section boundary is marked, but not by too many devices at once."""
    for before, after in zip(view.sections, view.sections[1:], strict=False):
        found = _marking_devices(view, before, after)
        if len(found) > limits["most"]:
            yield Breach(len(found), limits["most"], f"into {after.name} lead {', '.join(sorted(found))}", after.start)
        elif not found and not _has_other_mark(view, before, after):
            yield Breach(0, 1, f"nothing tells that {after.name} begins", after.start)


def restraint(view: View, limits: Limits) -> Iterator[Breach]:
    """Q78: glissandi are rare: one, and one more for every `gliss_bars` bars."""
    bars = len(view.bars) - 1
    swept = [e for e in view.events if e.device == "gliss"]
    most = 1 + bars // limits["gliss_bars"]
    if len(swept) > most:
        yield Breach(len(swept), most, f"{len(swept)} glissandi in {bars} bars", swept[0].start, swept[0].part)


CHECKS = {
    "Q33": Check(foreground, LOGGED | {"statements"}),
    "Q38": Check(early_fills, LOGGED),
    "Q48": Check(blends, LOGGED),
    "Q55": Check(hit_points, LOGGED),
    "Q74": Check(boundaries, LOGGED),
    "Q78": Check(restraint, LOGGED),
}
