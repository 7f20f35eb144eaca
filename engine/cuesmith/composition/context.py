"""The context that every accompanist knows: plan, chords, players, and the notes of the lead."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cuesmith.casting.cast import Cast
from cuesmith.chance import Stream
from cuesmith.motif.model import Theme
from cuesmith.music.note import Note
from cuesmith.music.partwriting import Rules
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.score import ChordSpan, Passage, Stroke
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.banks.stagings import Staging
from cuesmith.specs.banks.textures import Texture
from cuesmith.specs.banks.voicings import VoicingBank, VoicingRow


@dataclass(frozen=True)
class ComposeContext:
    """What is known when an accompaniment is written or edited.

    themes: by name. textures: by id.
    lead: all notes of the lead, by onset; lead_passages: the same as passages.
    draw: the random stream of the cue.
    voicing: how the style leads voices, with the defaults of its family. layouts: the bank of voicings and inner
        figures.
    leading: section index → devices that may lead out of the section.
    strokes: drummer id → strokes. kicks: ticks of the bass drum, rising.
    staging: who is held back until where.
    """

    plan: Plan
    harmony: tuple[ChordSpan, ...]
    cast: Cast
    themes: dict[str, Theme]
    textures: dict[str, Texture]
    lead: tuple[Note, ...]
    lead_passages: tuple[Passage, ...]
    draw: Stream
    voicing: VoicingRow
    layouts: VoicingBank
    banks: Banks
    leading: Mapping[int, frozenset[str]] = field(default_factory=dict)
    strokes: Mapping[str, tuple[Stroke, ...]] = field(default_factory=dict)
    kicks: tuple[int, ...] = ()
    staging: Staging = field(kw_only=True)

    @cached_property
    def rules(self) -> Rules:
        """Costs of voice movements in this style."""
        return self.voicing.rules()

    def spans(self, section: SectionPlan) -> tuple[ChordSpan, ...]:
        """Return the chords of a section, cut at its edges."""
        return self._spans[section.index]

    @cached_property
    def _spans(self) -> tuple[tuple[ChordSpan, ...], ...]:
        return tuple(self._inside(section) for section in self.plan.sections)

    def _inside(self, section: SectionPlan) -> tuple[ChordSpan, ...]:
        out = []
        for span in self.harmony:
            start, end = max(span.onset, section.start), min(span.end, section.end)
            if start < end:
                out.append(ChordSpan(start, end - start, span.chord, span.key, span.cadence if end == span.end else ""))
        return tuple(out)

    def lead_note_at(self, tick: int) -> Note | None:
        """Return the lead note that sounds at a tick, or None."""
        at = bisect_right(self.lead, (tick, 1 << 30)) - 1
        return self.lead[at] if at >= 0 and self.lead[at].end > tick else None

    def kicks_between(self, start: int, end: int) -> tuple[int, ...]:
        """Return the bass drum strokes (ticks) from `start` up to `end`."""
        return self.kicks[bisect_left(self.kicks, start) : bisect_left(self.kicks, end)]

    def lead_between(self, start: int, end: int) -> tuple[Note, ...]:
        """Return the lead notes that sound at any time from `start` up to `end`."""
        first = bisect_left(self.lead, (start - 16 * 960,))
        last = bisect_left(self.lead, (end,))
        return tuple(n for n in self.lead[first:last] if n.end > start)
