"""What every accompanist knows: the plan, the chords, who plays, and what the lead sings."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from cuesmith.chance import Stream
from cuesmith.motif.model import Theme
from cuesmith.music.note import Note
from cuesmith.orchestrate.cast import Cast
from cuesmith.score import ChordSpan, Passage, Plan, SectionPlan
from cuesmith.specs.banks import Texture


@dataclass(frozen=True, slots=True)
class Setting:
    """themes by name; textures by id; lead: all lead notes in order of onset; draw: the cue's stream."""

    plan: Plan
    harmony: tuple[ChordSpan, ...]
    cast: Cast
    themes: dict[str, Theme]
    textures: dict[str, Texture]
    lead: tuple[Note, ...]
    lead_passages: tuple[Passage, ...]
    draw: Stream

    def spans(self, section: SectionPlan) -> tuple[ChordSpan, ...]:
        """The chords inside a section, cut at its bar lines where they cross."""
        out = []
        for span in self.harmony:
            start, end = max(span.onset, section.start), min(span.end, section.end)
            if start < end:
                out.append(ChordSpan(start, end - start, span.chord, span.key, span.cadence if end == span.end else ""))
        return tuple(out)

    def lead_between(self, start: int, end: int) -> tuple[Note, ...]:
        """Lead notes that sound at any time in start..end."""
        first = bisect_left(self.lead, (start - 16 * 960,))
        return tuple(n for n in self.lead[first:] if n.onset < end and n.end > start)
