"""Rules about themes in a cue: share of the melody, early statement, variety, and no quotation of known tunes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cuesmith.critic.model import Breach, Check, Limits
from cuesmith.critic.view import View, within
from cuesmith.motif.identity import DEVELOPMENT, STATEMENT
from cuesmith.music.note import Note
from cuesmith.specs.banks.library import load_banks
from cuesmith.themes.originality import deny_index, quotes

STATED = frozenset({"statements"})
ROUNDED = 0.001  # tolerance for rounding, as a share of the cue


def coverage(view: View, limits: Limits) -> Iterator[Breach]:
    """Q01: enough of the lead's notes belong to a recognisable form of a theme."""
    if not len(view.lead):
        return
    spans = [(s.start, s.end) for s in view.statements if s.identity >= DEVELOPMENT]
    share = float(within(view.lead.onset, spans).mean())
    if share < limits["least"]:
        yield Breach(share, limits["least"], f"{share:.0%} of the melody comes from a theme")


def exposure(view: View, limits: Limits) -> Iterator[Breach]:
    """Q02: there are enough recognisable statements, and the first one is early.

    The start of the bar in which a statement begins counts, even if the bar begins with a rest.
    """
    if not len(view.lead):
        return
    players = {part.id for part in view.parts if not part.doubling}
    plain = [s for s in view.statements if s.identity >= STATEMENT and s.part in players]
    wanted = limits["times"] if view.seconds >= limits["seconds"] else 1
    if len(plain) < wanted:
        yield Breach(len(plain), wanted, f"{len(plain)} recognisable statements of a theme")
    if plain:
        early = view.tempo.seconds(int(view.bars[view.bar(plain[0].start) - 1])) / view.seconds
        if early > limits["early"] + ROUNDED:
            yield Breach(early, limits["early"], f"the first statement comes at {early:.0%} of the cue", plain[0].start)


def variety(view: View, limits: Limits) -> Iterator[Breach]:
    """Q72: a longer cue uses several kinds of transformation, and none too often."""
    if view.seconds < limits["seconds"] or not view.statements:
        return
    players = {part.id for part in view.parts if not part.doubling}
    found = [op.partition(":")[0] for s in view.statements if s.part in players for op in s.ops or ("plain",)]
    kinds = Counter(found)
    if len(kinds) < limits["kinds"]:
        yield Breach(len(kinds), limits["kinds"], f"the themes come in {len(kinds)} forms: {', '.join(sorted(kinds))}")
    elif found:
        name, times = kinds.most_common(1)[0]
        share = times / len(found)
        if share > limits["same"] and len(found) >= limits["statements"]:
            yield Breach(share, limits["same"], f"{share:.0%} of the transformations are of one kind: {name}")


def original(view: View, limits: Limits) -> Iterator[Breach]:
    """Q70: the melody has no seven notes in a row of a known tune."""
    lead = view.lead
    notes = [Note(o, e - o, p, v) for o, e, p, v in zip(*(c.tolist() for c in (
        lead.onset, lead.end, lead.pitch, lead.velocity)), strict=True)]  # fmt: skip
    titles = quotes(notes, deny_index(load_banks()))
    if len(titles) > limits["most"]:
        yield Breach(len(titles), limits["most"], f"the melody quotes {', '.join(titles)}")


CHECKS = {
    "Q01": Check(coverage, STATED),
    "Q02": Check(exposure, STATED),
    "Q70": Check(original),
    "Q72": Check(variety, STATED),
}
