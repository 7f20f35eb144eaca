"""What every accompanist knows: the plan, the chords, who plays, and what the lead sings."""

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
from cuesmith.specs.banks.textures import Texture
from cuesmith.specs.banks.voicings import VoicingBank, VoicingRow


@dataclass(frozen=True)
class ComposeContext:
    """What everybody who writes or edits an accompaniment knows.

    themes by name; textures by id; lead: all lead notes in order of onset; draw: the cue's stream. voicing: how this
    style leads voices, its family's defaults filled in; layouts: the bank of templates and inner figures; leading:
    section index → what may lead out of it; strokes: what each drummer plays, by seat; kicks: the ticks of the bass
    drum, in order; owed_bars: for how many bars every section of the ensemble must be silent.
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
    owed_bars: int = 0

    @cached_property
    def rules(self) -> Rules:
        """What it costs a voice to move, in this style."""
        return self.voicing.rules()

    def spans(self, section: SectionPlan) -> tuple[ChordSpan, ...]:
        """The chords inside a section, cut at its bar lines where they cross."""
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

    def sung(self, tick: int) -> Note | None:
        """The lead note that sounds at a tick."""
        at = bisect_right(self.lead, (tick, 1 << 30)) - 1
        return self.lead[at] if at >= 0 and self.lead[at].end > tick else None

    def kicks_between(self, start: int, end: int) -> tuple[int, ...]:
        """The strokes of the bass drum in start..end."""
        return self.kicks[bisect_left(self.kicks, start) : bisect_left(self.kicks, end)]

    def lead_between(self, start: int, end: int) -> tuple[Note, ...]:
        """Lead notes that sound at any time in start..end."""
        first = bisect_left(self.lead, (start - 16 * 960,))
        last = bisect_left(self.lead, (end,))
        return tuple(n for n in self.lead[first:last] if n.end > start)
