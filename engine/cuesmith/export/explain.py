"""Explain a cue as plain data: the plan, the chords, the theme statements, the parts.

People read it, the album page shows it, and tests compare the music with it. Bars and beats count from 1. A beat is the
unit of the meter's lower number (an eighth note in 7/8).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from cuesmith.composition.melody.upbeats import with_inner_upbeats
from cuesmith.motif.model import Theme
from cuesmith.motif.text import notes_text
from cuesmith.music.bar_grid import bar_starts
from cuesmith.music.note import PPQ
from cuesmith.music.timecode import parse_rate, timecode
from cuesmith.plan.model import Plan, PlannedHit, SectionPlan
from cuesmith.score import ChordSpan, Part, Score, Statement

SCHEMA_VERSION = 2
_DIGITS = 4  # decimal digits of seconds, beats, tempi


def explain(score: Score, themes: Mapping[str, Theme]) -> dict[str, object]:
    """Return the whole cue as dicts, lists, text and numbers, ready for JSON. Keys always come in the same order.

    themes: the themes of the show, by name.

    Seconds are clock time from the first bar line, tempi are quarter notes per minute, energy and identity are 0..1,
    level and layer 0..4. Some keys need more words:

    - `chords` of a section is its chord chart, with bars between `|`; `%` means that the chord of the bar before goes
      on. `numerals` is the same in roman numerals (see `music.chord`).
    - An entry of `harmony` has its key, the cadence it belongs to, and the device that explains it.
    - `coda` is how the last section ends the cue, a row of the bank of codas, "" where it has none; `open` says that
      its tune and harmony do not end on the tonic.
    - `theme_forms`: the recipe by which each theme comes, and the stage of its story. `against` of a section is a
      second theme that is combined with the section's theme; `meeting` says how.
    - `hits`: hit points as asked for and as reached; `hit_error_ms` is their mean distance, weighted.
    - `fermatas`: held beats, and how many times their usual length they last.
    - `breaths` of a section in free meter: their lengths in quarter notes. There a bar is a breath.
    - `beats`: where the scenes of a story begin. `feel` of a section is the mood it should have.
    - `steps`: the editing steps in order, what each promises, and how many notes it added, removed and changed in how
      many parts.
    """
    plan = score.plan
    bars = bar_starts(plan.meters(), plan.length)
    brief = plan.brief
    return {
        "schema_version": SCHEMA_VERSION,
        "id": brief.id,
        "title": brief.title,
        "type": brief.type,
        "style": brief.style,
        "seed": brief.seed,
        "seconds": _rounded(plan.seconds),
        "key": plan.key.name,
        "scale": plan.scale.name,
        "tempo": _tempo(plan),
        "meter": str(plan.sections[0].meter),
        "bars": plan.bars,
        "ending": plan.ending,
        "coda": plan.coda,
        "open": plan.coda_row is not None and plan.coda_row.open,
        "hits": [_hit(hit, plan) for hit in plan.hits],
        "hit_error_ms": _rounded(plan.hit_error_ms),
        "fermatas": [
            {
                "bar": _bar(bars, f.start),
                "at_sec": _rounded(plan.tempo.seconds(f.start)),
                "times": f.times,
                "seconds": _rounded(plan.tempo.seconds(f.end) - plan.tempo.seconds(f.start)),
            }
            for f in plan.tempo.fermatas
        ],
        "beats": [
            {
                "at_sec": _rounded(p.at_sec),
                "name": p.name,
                "bar": _bar(bars, p.tick),
                "reached_sec": _rounded(plan.tempo.seconds(p.tick)),
            }
            for p in plan.points
        ],
        "theme_forms": [{"theme": g.theme, "recipe": g.recipe, "stage": g.stage} for g in plan.theme_forms],
        "sections": [_section(section, plan, score.harmony) for section in plan.sections],
        "harmony": [_chord(span, plan, bars) for span in score.harmony],
        "statements": [_statement(statement, plan, bars) for statement in score.statements()],
        "parts": [_part(part) for part in score.parts],
        "steps": [count._asdict() for count in score.steps],
        "themes": [theme_data(theme if plan.vocal else with_inner_upbeats(theme)) for theme in themes.values()],
    }


def theme_data(theme: Theme) -> dict[str, object]:
    """Return a theme as plain data: `motif` is its two-bar idea, `notes` its eight bars in the notation of shows.

    upbeat: (steps of the scale from the first note, quarter notes) of each note that leads into it.
    """
    return {
        "name": theme.name,
        "character": theme.character,
        "key": theme.key.name,
        "scale": theme.scale.name,
        "form": theme.form,
        "score": _rounded(theme.score),
        "meter": str(theme.melody.meter),
        "upbeat": [[note.step, note.duration / PPQ] for note in theme.upbeat],
        "motif": notes_text(theme.motif, theme.key, theme.octave),
        "notes": notes_text(theme.melody, theme.key, theme.octave),
        "bridge": notes_text(theme.bridge, theme.key, theme.octave),
        "chorus": notes_text(theme.chorus, theme.key, theme.octave),
    }


def _bar(bars: Sequence[int], tick: int) -> int:
    """Return the number of the bar at a tick, from 1."""
    return bisect_right(bars, tick)


def _tempo(plan: Plan) -> dict[str, object]:
    used = [plan.tempo.bpm(change.tick) for change in plan.tempo.changes if change.tick < plan.length]
    return {"bpm": _rounded(plan.tempo.bpm(0)), "range": [_rounded(min(used)), _rounded(max(used))]}


def _hit(hit: PlannedHit, plan: Plan) -> dict[str, object]:
    rate = parse_rate(plan.brief.fps)
    return {
        "at_sec": _rounded(hit.at_sec),
        "timecode": timecode(hit.at_sec, rate),
        "kind": hit.kind,
        "weight": _rounded(hit.weight),
        "note": hit.note,
        "tick": hit.tick,
        "bar": hit.bar,
        "beat": _rounded(hit.beat),
        "reached_sec": _rounded(hit.reached_sec),
        "error_ms": _rounded(hit.error_ms),
    }


def _section(section: SectionPlan, plan: Plan, harmony: Sequence[ChordSpan]) -> dict[str, object]:
    return {
        "name": section.name,
        "treatment": section.treatment,
        "first_bar": section.first_bar + 1,
        "bars": section.bars,
        "start_sec": _rounded(plan.tempo.seconds(section.start)),
        "key": section.key.name,
        "meter": str(section.meter),
        "breaths": [meter.bar_beats for meter in section.bar_meters()] if section.flow else [],
        "energy": _rounded(section.energy),
        "level": section.level,
        "theme": section.theme,
        "feel": section.feel,
        "theme_forms": [{"theme": g.theme, "recipe": g.recipe} for g in section.theme_forms],
        "against": section.against,
        "meeting": section.meeting if section.against else None,
        "chords": _chart(section, harmony, lambda span: span.symbol),
        "numerals": _chart(section, harmony, lambda span: span.roman),
    }


def _chart(section: SectionPlan, harmony: Sequence[ChordSpan], name: Callable[[ChordSpan], str]) -> str:
    """Return a chart such as `| Gm7 | A7 D | % |`: the chords that sound in each bar."""
    cells = []
    for start, end in pairwise((*section.bar_ticks(), section.end)):
        spans = [span for span in harmony if span.onset < end and span.end > start]
        goes_on = len(spans) == 1 and spans[0].onset < start and start > section.start
        cells.append("%" if goes_on else " ".join(name(span) for span in spans) or "N.C.")
    return f"| {' | '.join(cells)} |"


def _chord(span: ChordSpan, plan: Plan, bars: Sequence[int]) -> dict[str, object]:
    bar = _bar(bars, span.onset)
    unit = plan.section_at(span.onset).meter.unit_ticks
    return {
        "bar": bar,
        "beat": _rounded(1 + (span.onset - bars[bar - 1]) / unit),
        "symbol": span.symbol,
        "roman": span.roman,
        "key": span.key.name,
        "cadence": span.cadence,
        "device": span.device,
    }


def _statement(statement: Statement, plan: Plan, bars: Sequence[int]) -> dict[str, object]:
    last_tick = max(statement.start, statement.end - 1)
    return {
        "theme": statement.theme,
        "ops": list(statement.ops),
        "identity": _rounded(statement.identity),
        "section": statement.section,
        "bars": [_bar(bars, statement.start), min(_bar(bars, last_tick), plan.bars)],
        "part": statement.part,
        "start_sec": _rounded(plan.tempo.seconds(statement.start)),
    }


def _part(part: Part) -> dict[str, object]:
    return {
        "id": part.id,
        "name": part.name,
        "role": part.role,
        "instrument": part.instrument,
        "program": part.program,
        "drums": part.drums,
        "notes": sum(len(passage.notes) for passage in part.passages),
        "layer": part.layer,
        "stem": part.stem,
    }


def _rounded(value: float) -> float:
    return round(float(value), _DIGITS)
