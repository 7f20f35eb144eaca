"""Harmony: a chord for every moment of the plan.

For each kind of section a progression of the bank is taken that suits the cue and carries the theme; its last phrase
goes another way, and a cadence closes it. Then, in this order: returning themes may be set anew, changes of key are
prepared, chords are substituted where the theme allows it, eight bars without colour get some, the tonic is kept from
coming too often or never, and what is still plain
is spelled in the colours of the style. Chords that a person gives are left as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cuesmith.chance import Stream
from cuesmith.composition.harmony.cadence import choose_cadence, end_of
from cuesmith.composition.harmony.chord_colours import colour_weights, spell
from cuesmith.composition.harmony.chord_sequence import Bed, Step, bed_of
from cuesmith.composition.harmony.chord_tension import with_tension
from cuesmith.composition.harmony.given_chords import GIVEN, given_chords_of, steps_of_given_chords
from cuesmith.composition.harmony.medley_transition import transition_chords
from cuesmith.composition.harmony.modulation import prepare
from cuesmith.composition.harmony.progression import least_ticks
from cuesmith.composition.harmony.section_chords import Choices, Maker
from cuesmith.composition.harmony.substitution import colour_at, colour_devices, is_colour, substitute
from cuesmith.composition.harmony.substitution_devices import QUIET, Site
from cuesmith.composition.harmony.tonic_share import balance
from cuesmith.composition.melody.layout import MelodyLayout
from cuesmith.music.chord import Roman, in_key
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.score import ChordSpan
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.style import Style

COLOUR_BARS = 8  # a theme cue has a colour event in every so many bars
FIRST_ZEAL, RETURN_ZEAL = 0.4, 0.9  # how eagerly chords are substituted the first time, and when the section returns


def _colour(written: list[list[Step]], maker: Maker) -> None:
    """A colour event for every eight bars that have none, in place."""
    plan = maker.plan
    devices = colour_devices(maker.banks)
    bars = [(section.index, tick - section.start) for section in plan.sections for tick in section.sheet_ticks()]
    for group in range(0, len(bars) - COLOUR_BARS + 1, COLOUR_BARS):
        window = bars[group : group + COLOUR_BARS]
        reach: dict[int, tuple[int, int]] = {}
        for index, tick in window:
            low, _ = reach.get(index, (tick, tick))
            reach[index] = (low, tick + plan.sections[index].meter.bar_ticks)
        inside = [
            (index, number)
            for index, (low, high) in reach.items()
            for number, step in enumerate(written[index])
            if low <= step.onset < high
        ]
        if any(is_colour(written[i][n], plan.sections[i].key.mode, devices) for i, n in inside):
            continue
        stream = maker.draw.child("colour", group)
        for index, number in stream.shuffled(inside):
            step = written[index][number]
            if step.cadence or step.device not in QUIET:
                continue
            section = plan.sections[index]
            site = _site(written, index, number, maker)
            fresh = colour_at(site, maker.rules(section.key.minor), stream)
            if fresh is not None:
                written[index] = fresh
                break


def _following(written: Sequence[Sequence[Step]], index: int, plan: Plan) -> Roman | None:
    """The first chord of the next section where it stands in the same key."""
    if index + 1 == len(written) or plan.sections[index + 1].key != plan.sections[index].key:
        return None
    return written[index + 1][0].roman


def _site(written: Sequence[Sequence[Step]], index: int, number: int, maker: Maker) -> Site:
    plan, beds, banks = maker.plan, maker.beds, maker.banks
    section = plan.sections[index]
    climax = section.index == plan.climax.index
    after = _following(written, index, plan)
    least = least_ticks(plan, section, banks)
    return Site(written[index], number, section.meter, section.key.mode, beds[index], after, climax, least)


def _spans(section: SectionPlan, steps: Sequence[Step]) -> list[ChordSpan]:
    return [
        ChordSpan(
            section.start + step.onset,
            step.length,
            in_key(step.roman, section.key),
            section.key,
            step.cadence,
            step.device,
        )
        for step in steps
    ]


def _merged(spans: Sequence[ChordSpan]) -> tuple[ChordSpan, ...]:
    """Neighbours of one chord and key made one, unless a cadence stands between."""
    out: list[ChordSpan] = []
    for span in spans:
        if out and not out[-1].cadence:
            before = out[-1]
            alike = before.key == span.key and before.symbol == span.symbol
            if alike and (before.device == GIVEN) == (span.device == GIVEN):
                device = before.device or span.device
                length = before.duration + span.duration
                out[-1] = ChordSpan(before.onset, length, span.chord, span.key, span.cadence, device)
                continue
        out.append(span)
    return tuple(out)


def harmonise(
    plan: Plan, style: Style, laid_out: Mapping[int, MelodyLayout], banks: Banks, draw: Stream
) -> tuple[ChordSpan, ...]:
    """The chords of the whole cue, without gaps, in order. laid_out: what the sections will sing.

    Raises ComposeError when chords are given for a section that the cue does not have.
    """
    sections = plan.sections
    beds = tuple(bed_of(section, laid_out.get(section.index)) for section in sections)
    maker = Maker(plan, style, banks, draw, beds, Choices())
    charts = given_chords_of(plan)
    written: list[list[Step]] = []
    returns: list[bool] = []
    given: list[bool] = []
    still: list[bool] = []
    for section, bed in zip(sections, beds, strict=True):
        own = steps_of_given_chords(section, plan, charts)
        if own is None and section.harmony == "link" and written and sections[section.index - 1].key == section.key:
            own_link = [Step(0, section.length, written[-1][-1].roman, "held")]  # an odd bar holds the chord before it
            written.append(own_link)
            given.append(False)
            returns.append(False)
            still.append(True)
            continue
        if own is None and section.harmony == "turn" and written:
            written.append(transition_chords(section, in_key(written[-1][-1].roman, sections[section.index - 1].key)))
            given.append(False)
            returns.append(False)
            still.append(True)
            continue
        given.append(own is not None)
        steps, returning, static = (own, False, True) if own is not None else maker.section(section, bed)
        written.append(steps)
        returns.append(returning)
        still.append(static or section.harmony == "pedal")
    if given[-1]:
        written[-1] = _given_close(written[-1], maker)
    for index in range(len(sections) - 1):
        turning = sections[index + 1].harmony == "turn"  # which is the preparation itself
        if sections[index].key != sections[index + 1].key and not given[index] and not turning:
            stream = draw.child("modulation", index)
            written[index], device = prepare(
                written[index], sections[index], sections[index + 1], plan, style, banks, stream
            )
            if device and not given[index + 1]:
                first = written[index + 1][0]
                written[index + 1][0] = first._replace(device=first.device or device)
    for index, section in enumerate(sections):
        if not still[index]:
            stream = draw.child("substitute", section.index)
            zeal = RETURN_ZEAL if returns[index] else FIRST_ZEAL
            site = _site(written, index, 0, maker)
            written[index] = substitute(site, maker.rules(section.key.minor), stream, zeal)
    if not any(given) and plan.melody in ("full", "sparse"):
        _colour(written, maker)
    late_tonic = banks.cue_types[plan.brief.type].late_tonic
    balance(written, [not own for own in given], plan, beds, late_tonic, draw.child("balance"))
    stream = draw.child("spelling")
    out: list[ChordSpan] = []
    for index, section in enumerate(sections):
        steps = written[index]
        if not given[index]:
            weights = colour_weights(plan, style, banks, section.mood_shift)
            light = (section.harmony == "contrast", section.key.mode, section.mood)
            colours = maker.choices.colours.setdefault(light, {})
            steps = spell(
                steps, weights, banks, section, beds[index], colours, stream, _following(written, index, plan)
            )
            if section.mood_shift.tension:
                steps = with_tension(
                    steps, section.mood_shift.tension, section.key.mode, beds[index], draw.child("strain")
                )
        out.extend(_spans(section, steps))
    return _merged(out)


def _given_close(steps: list[Step], maker: Maker) -> list[Step]:
    """Given chords with the ending's chord in the last bar, where they do not close by themselves."""
    plan, last = maker.plan, maker.plan.sections[-1]
    end = end_of(plan, last)
    home = steps[-1].roman
    at_rest = home.root == home.bass == 0
    if (
        end in ("attacca", "loop")
        or (end == "final" and at_rest)
        or (end == "open" and not (at_rest and home.quality in ("maj", "min")))
    ):
        name = end
    else:
        bar = last.meter.bar_ticks
        row = choose_cadence(plan, last, maker.style, maker.banks, Bed(), (), maker.draw.child("cadence", last.index))
        edge = last.length - bar
        closing = maker.banks.cadences[row].chords[-1]
        kept = [s for s in steps if s.onset < edge]
        return [*kept, Step(edge, bar, closing, f"{maker.banks.cadences[row].kind} cadence", end)]
    return [*steps[:-1], steps[-1]._replace(cadence=name)]
