"""The tune whole: which section states it as it was written, and how sparse cues sing it with pauses between phrases.

Listeners recognise a theme that they have heard once from beginning to end. So a cue has one section for each of its
themes that states the melody plainly, without the operations of a recipe; tempo, mode, register and players stay those
of the recipe. Other sections work on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cuesmith.composition.melody.material import Material, Piece, cut
from cuesmith.motif.model import Motif
from cuesmith.motif.transform import diminution
from cuesmith.music.note import PPQ
from cuesmith.plan.model import Plan, SectionPlan

PHRASE_BARS = 4
SUNG = 0.7  # share of the bars with melody, in a sparse section that is long enough for whole bars of pause
LEAST_WITH_PAUSES = 10  # bars of such a section; shorter ones sing all the way, with breaths
QUICKEST_SEC = 0.16  # a melody in double speed has no shorter notes
VERSES = ("told", "again")  # only these bear a recipe that develops a theme
PREFERRED = ("told", "again", "crowned", "head", "pieces")  # uses of the theme, the best place for a whole one first


def stating_sections(plan: Plan, materials: Mapping[int, Material]) -> frozenset[int]:
    """Return the sections that state their theme whole and plainly, one for each theme of the cue.

    materials: by index of the section. The first section with the best use of the theme that holds all its bars is
    taken; of quotations the one with most energy. Where none is long enough, one that holds it in double speed. A
    theme under a recipe that has a single section keeps its recipe there.
    """
    found = set()
    for name in dict.fromkeys(plan.sections[index].theme for index in materials):
        sections = [plan.sections[index] for index in materials if plan.sections[index].theme == name]
        row = plan.theme_form(name or "").row
        bearing = [s for s in sections if row is None or row.level == "statement" or s.treatment_row.theme in VERSES]
        if row is not None and len(bearing) < 2:
            continue
        sections = [s for s in sections if s.treatment_row.theme in PREFERRED and s.treatment_row.place is None]
        holding = [s for s in sections if _speed(plan, s, materials[s.index]) == 1]
        holding = holding or [s for s in sections if _speed(plan, s, materials[s.index]) == 2]
        if holding:
            found.add(min(holding, key=_rank).index)
    return frozenset(found)


def _rank(section: SectionPlan) -> tuple[int, float, int]:
    """Return how good a section is for the whole statement; the least is the best."""
    use = section.treatment_row.theme
    return PREFERRED.index(use), -section.energy if use == "pieces" else 0.0, section.index


def _speed(plan: Plan, section: SectionPlan, m: Material) -> int:
    """Return 1 when a section holds the whole melody, 2 when it does in double speed, 0 when it is too short."""
    bars = section.length // m.bar
    if bars >= m.written.bars:
        return 1
    shortest = min(note.duration for note in m.written.notes)
    halved_sec = plan.tempo.seconds(section.start + shortest // 2) - plan.tempo.seconds(section.start)
    return 2 if 2 * bars >= m.written.bars and shortest % 2 == 0 and halved_sec >= QUICKEST_SEC else 0


def whole_statement(plan: Plan, section: SectionPlan, m: Material) -> list[Piece]:
    """Return the melody as it was written, once, at the start of a section chosen by `stating_sections`."""
    if _speed(plan, section, m) == 1:
        return [Piece(0, m.written, m.written, ())]
    return [Piece(0, diminution(m.written), m.written, ("diminution",))]


def sung_bars(bars: int) -> int:
    """Return how many bars of a sparse section have melody; all others are pauses between its phrases."""
    if bars < LEAST_WITH_PAUSES:
        return bars
    return max(2, round(SUNG * bars / PHRASE_BARS)) * PHRASE_BARS


def with_pauses(pieces: list[Piece], m: Material, bars: int) -> list[Piece]:
    """Spread the phrases of a melody over a section of `bars` bars, so that equal pauses follow them.

    pieces: the melody, laid out over `sung_bars(bars)` bars. Where no bar is left for pauses, the last note of each
    phrase gets shorter instead.
    """
    sung = sung_bars(bars)
    phrases = max(1, sung // PHRASE_BARS)
    out = []
    for number in range(phrases):
        first = number * PHRASE_BARS
        length = PHRASE_BARS if number < phrases - 1 else sung - first
        phrase = cut(pieces, first, length, m.bar)
        start = (first + (bars - sung) * number // phrases) * m.bar
        if phrase and phrase[-1].start + phrase[-1].motif.length == length * m.bar:
            phrase[-1] = replace(phrase[-1], motif=_breathing(phrase[-1].motif, m.rest))
        out += [piece.at(start) for piece in phrase]
    return out


def _breathing(motif: Motif, rest: int) -> Motif:
    """Let the last note end `rest` ticks before the end of a phrase, but let it sound for a beat; onsets stay."""
    if not motif.notes:
        return motif
    *before, last = motif.notes
    end = max(motif.length - rest, last.onset + min(last.duration, PPQ))
    return motif.with_notes((*before, last._replace(duration=min(last.duration, end - last.onset))))
