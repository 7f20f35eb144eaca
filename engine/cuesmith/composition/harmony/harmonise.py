"""Harmony: the chords of the whole cue.

For each kind of section a progression of the bank is chosen that suits the cue and supports the theme; its last phrase
differs, and a cadence closes it. Then, in this order: returning themes may get new chords, changes of key are prepared,
chords are substituted where the theme allows it, eight bars without colour get some, the tonic is made neither too
frequent nor too rare, and plain chords get the colours of the style. Chords given by the user stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cuesmith.chance import Stream
from cuesmith.composition.harmony.cadence import choose_cadence, end_of
from cuesmith.composition.harmony.chord_colours import colour_chords, colour_weights
from cuesmith.composition.harmony.chord_sequence import MelodyOutline, TimedChord, chords_from, chords_until, outline_of
from cuesmith.composition.harmony.chord_tension import with_tension
from cuesmith.composition.harmony.given_chords import GIVEN, chords_of_section, given_chords_of
from cuesmith.composition.harmony.medley_transition import transition_chords
from cuesmith.composition.harmony.modulation import prepare_key_change
from cuesmith.composition.harmony.progression import least_ticks
from cuesmith.composition.harmony.reharmonise import REHARMONISED
from cuesmith.composition.harmony.section_chords import Choices, Harmoniser, kind_of
from cuesmith.composition.harmony.substitution import colour_at, colour_devices, is_colour, substitute
from cuesmith.composition.harmony.substitution_devices import QUIET, Site
from cuesmith.composition.harmony.tonic_share import balance_tonic
from cuesmith.composition.melody.layout import MelodyLayout
from cuesmith.music.chord import Roman, in_key
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.score import ChordSpan
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.style import Style

COLOUR_BARS = 8  # a cue with a theme has a colour event in every so many bars
RATE = 0.4  # factor on the chance of substitutions
WORSE_FIT = 0.15  # how much worse the chords of the first time may fit a returning melody, see `MelodyOutline.fit`


def _add_colour_events(written: list[list[TimedChord]], harmoniser: Harmoniser) -> None:
    """Add a colour event to every eight bars that have none (changes `written`)."""
    plan = harmoniser.plan
    devices = colour_devices(harmoniser.banks)
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
            for number, chord in enumerate(written[index])
            if low <= chord.onset < high
        ]
        if any(is_colour(written[i][n], plan.sections[i].key.mode, devices) for i, n in inside):
            continue
        stream = harmoniser.draw.child("colour", group)
        for index, number in stream.shuffled(inside):
            chord = written[index][number]
            if chord.cadence or chord.device not in QUIET:
                continue
            section = plan.sections[index]
            site = _site(written, index, number, harmoniser)
            changed = colour_at(site, harmoniser.rules(section.key.minor), stream)
            if changed is not None:
                written[index] = changed
                break


def _following(written: Sequence[Sequence[TimedChord]], index: int, plan: Plan) -> Roman | None:
    """Return the first chord of the next section when it is in the same key, else None."""
    if index + 1 == len(written) or plan.sections[index + 1].key != plan.sections[index].key:
        return None
    return written[index + 1][0].roman


def _site(written: Sequence[Sequence[TimedChord]], index: int, number: int, harmoniser: Harmoniser) -> Site:
    """Return the place of a chord with its surroundings, for the rules of substitution."""
    plan, outlines, banks = harmoniser.plan, harmoniser.outlines, harmoniser.banks
    section = plan.sections[index]
    climax = section.index == plan.climax.index
    after = _following(written, index, plan)
    least = least_ticks(plan, section, banks)
    return Site(written[index], number, section.meter, section.key.mode, outlines[index], after, climax, least)


def as_the_first_time(
    first: Sequence[TimedChord], own: Sequence[TimedChord], outline: MelodyOutline
) -> list[TimedChord]:
    """Give a returning section the chords that its theme had at first, up to its own close or key change.

    The section keeps its own chords where it has been reharmonised, or where the melody, changed by a recipe, would fit
    the old chords clearly worse.
    """
    edge = min(_close_of(first), _close_of(own))
    if not edge or any(chord.device == REHARMONISED for chord in own):
        return list(own)
    kept = chords_until(first, edge)
    kept[0] = kept[0]._replace(device=own[0].device)  # it may be named for the key change that leads to it
    if _mean_fit(kept, outline) < _mean_fit(chords_until(own, edge), outline) - WORSE_FIT:
        return list(own)
    return [*kept, *chords_from(own, edge)]


def _close_of(chords: Sequence[TimedChord]) -> int:
    """Return the tick at which the last chords of a section begin: its cadence, or what prepares another key."""
    at = chords[-1].end
    for chord in reversed(chords):
        if not chord.cadence and chord.device in QUIET:
            return at
        at = chord.onset
    return at


def _mean_fit(chords: Sequence[TimedChord], outline: MelodyOutline) -> float:
    """Return how well chords fit a melody, on average over time."""
    total = sum(chord.length for chord in chords)
    return sum(outline.fit(chord.roman, chord.onset, chord.end) * chord.length for chord in chords) / max(1, total)


def _spans(section: SectionPlan, chords: Sequence[TimedChord]) -> list[ChordSpan]:
    """Convert the chords of a section to spans of the cue."""
    return [
        ChordSpan(
            section.start + chord.onset,
            chord.length,
            in_key(chord.roman, section.key),
            section.key,
            chord.cadence,
            chord.device,
        )
        for chord in chords
    ]


def _merge_repeats(spans: Sequence[ChordSpan]) -> tuple[ChordSpan, ...]:
    """Join neighbouring equal chords, unless a cadence separates them."""
    out: list[ChordSpan] = []
    for span in spans:
        if out and not out[-1].cadence:
            before = out[-1]
            equal = before.key == span.key and before.symbol == span.symbol
            if equal and (before.device == GIVEN) == (span.device == GIVEN):
                device = before.device or span.device
                length = before.duration + span.duration
                out[-1] = ChordSpan(before.onset, length, span.chord, span.key, span.cadence, device)
                continue
        out.append(span)
    return tuple(out)


def harmonise(
    plan: Plan, style: Style, melodies: Mapping[int, MelodyLayout], banks: Banks, draw: Stream
) -> tuple[ChordSpan, ...]:
    """Write the chords of the whole cue, in order and without gaps. melodies: the melody layout of each section.

    Raises ComposeError when chords are given for a section that the cue does not have.
    """
    sections = plan.sections
    outlines = tuple(outline_of(section, melodies.get(section.index)) for section in sections)
    harmoniser = Harmoniser(plan, style, banks, draw, outlines, Choices())
    charts = given_chords_of(plan)
    written: list[list[TimedChord]] = []
    returns: list[bool] = []
    given: list[bool] = []
    unchanged: list[bool] = []
    for section, outline in zip(sections, outlines, strict=True):
        given_here = chords_of_section(section, plan, charts)
        if (
            given_here is None
            and section.harmony == "link"
            and written
            and sections[section.index - 1].key == section.key
        ):
            # an odd bar holds the chord before it
            link_chords = [TimedChord(0, section.length, written[-1][-1].roman, "held")]
            written.append(link_chords)
            given.append(False)
            returns.append(False)
            unchanged.append(True)
            continue
        if given_here is None and section.harmony == "turn" and written:
            written.append(transition_chords(section, in_key(written[-1][-1].roman, sections[section.index - 1].key)))
            given.append(False)
            returns.append(False)
            unchanged.append(True)
            continue
        given.append(given_here is not None)
        chords, returning, static = (
            (given_here, False, True) if given_here is not None else harmoniser.section(section, outline)
        )
        written.append(chords)
        returns.append(returning)
        layout = melodies.get(section.index)
        unchanged.append(static or section.harmony == "pedal" or (layout is not None and layout.whole))
    if given[-1]:
        written[-1] = _given_close(written[-1], harmoniser)
    for index in range(len(sections) - 1):
        is_transition = sections[index + 1].harmony == "turn"  # the section itself prepares the key
        if sections[index].key != sections[index + 1].key and not given[index] and not is_transition:
            stream = draw.child("modulation", index)
            written[index], device = prepare_key_change(
                written[index], sections[index], sections[index + 1], plan, style, banks, stream
            )
            if device and not given[index + 1]:
                first = written[index + 1][0]
                written[index + 1][0] = first._replace(device=first.device or device)
    first_times: dict[tuple[str, str | None, str], Sequence[TimedChord]] = {}
    for index, section in enumerate(sections):
        material = (kind_of(section), section.theme, section.key.mode)
        if returns[index] and material in first_times:
            written[index] = as_the_first_time(first_times[material], written[index], outlines[index])
            continue
        if not unchanged[index]:
            stream = draw.child("substitute", section.index)
            site = _site(written, index, 0, harmoniser)
            written[index] = substitute(site, harmoniser.rules(section.key.minor), stream, RATE)
        if section.treatment_row.states and not given[index]:
            first_times.setdefault(material, written[index])
    if not any(given) and plan.melody in ("full", "sparse"):
        _add_colour_events(written, harmoniser)
    late_tonic = banks.cue_types[plan.brief.type].late_tonic
    balance_tonic(written, [not given_here for given_here in given], plan, outlines, late_tonic, draw.child("balance"))
    stream = draw.child("spelling")
    out: list[ChordSpan] = []
    for index, section in enumerate(sections):
        chords = written[index]
        if not given[index]:
            weights = colour_weights(plan, style, banks, section.mood_shift)
            colour_key = (section.harmony == "contrast", section.key.mode, section.mood)
            colours = harmoniser.choices.colours.setdefault(colour_key, {})
            chords = colour_chords(
                chords, weights, banks, section, outlines[index], colours, stream, _following(written, index, plan)
            )
            if section.mood_shift.tension:
                chords = with_tension(
                    chords, section.mood_shift.tension, section.key.mode, outlines[index], draw.child("strain")
                )
        out.extend(_spans(section, chords))
    return _merge_repeats(out)


def _given_close(chords: list[TimedChord], harmoniser: Harmoniser) -> list[TimedChord]:
    """Replace the last given chord by the chord of the ending, when the given chords do not close by themselves."""
    plan, last = harmoniser.plan, harmoniser.plan.sections[-1]
    end = end_of(plan, last)
    last_roman = chords[-1].roman
    at_rest = last_roman.root == last_roman.bass == 0
    if (
        end in ("attacca", "loop")
        or (end == "final" and at_rest)
        or (end == "open" and not (at_rest and last_roman.quality in ("maj", "min")))
    ):
        name = end
    else:
        bar = last.meter.bar_ticks
        row = choose_cadence(
            plan,
            last,
            harmoniser.style,
            harmoniser.banks,
            MelodyOutline(),
            (),
            harmoniser.draw.child("cadence", last.index),
        )
        before_last = last.length - bar
        closing = harmoniser.banks.cadences[row].chords[-1]
        kept = [s for s in chords if s.onset < before_last]
        return [*kept, TimedChord(before_last, bar, closing, f"{harmoniser.banks.cadences[row].kind} cadence", end)]
    return [*chords[:-1], chords[-1]._replace(cadence=name)]
