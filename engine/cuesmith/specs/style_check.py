"""Faults of a style whose fields are all valid: unknown names, and settings with which no cue can be composed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import get_args

from cuesmith.errors import did_you_mean
from cuesmith.music.pitch import parse_pitch_class
from cuesmith.music.scale import MODES
from cuesmith.specs.banks.fields import FASTEST, SLOWEST, ArticulationName, check_meters
from cuesmith.specs.banks.library import Banks, recipe_problems
from cuesmith.specs.banks.themes import PLAIN
from cuesmith.specs.find import list_names
from cuesmith.specs.style import CueRules, Seat, SeatChange, Style
from cuesmith.specs.yaml.known_names import key_problems, listed_problems, weight_problems
from cuesmith.specs.yaml.place import KeyPath, Problem

GESTURE_NAMES = ("gliss", "run", "rip", "swell", "tremolo", "kakegoe", "heterophony", "bell", "answer", "roll")
ARTICULATION_NAMES: tuple[str, ...] = get_args(ArticulationName)

# role of a seat → roles of the textures it can play
PLAYED_BY: Mapping[str, tuple[str, ...]] = {
    "pad": ("pad",), "ostinato": ("ostinato",), "bass": ("bass",), "impact": ("impact", "pad"),
}  # fmt: skip
PLAIN_WORDS = {"major": "ionian", "minor": "aeolian"}  # usual names of modes


def _seat_problems(path: KeyPath, seat: Seat | SeatChange, role: str, banks: Banks) -> Iterator[Problem]:
    """Yield the faults of a seat, or of a change to one."""
    yield from key_problems((*path, "instruments"), "instrument", seat.instruments or {}, banks.instruments)
    yield from key_problems((*path, "textures"), "texture", seat.textures or {}, banks.textures)
    yield from key_problems((*path, "grooves"), "groove", seat.grooves or {}, banks.grooves)
    yield from key_problems((*path, "gestures"), "gesture", seat.gestures or {}, GESTURE_NAMES)
    yield from listed_problems((*path, "treatments"), "treatment", seat.treatments or (), banks.treatments)
    yield from weight_problems((*path, "instruments"), seat.instruments, empty=isinstance(seat, Seat))
    for field in ("textures", "grooves", "gestures"):
        yield from weight_problems((*path, field), getattr(seat, field))
    if seat.articulation is not None and seat.articulation not in ARTICULATION_NAMES:
        guess = did_you_mean(seat.articulation, ARTICULATION_NAMES)
        yield Problem((*path, "articulation"), f"unknown articulation '{seat.articulation}'{guess}")
    if seat.levels is not None and seat.levels[0] > seat.levels[1]:
        low, high = seat.levels
        yield Problem((*path, "levels"), f"from {low} to {high} there is no level; write [{high}, {low}]")
    for name in seat.textures or {}:
        if name in banks.textures and role in PLAYED_BY and banks.textures[name].role not in PLAYED_BY[role]:
            fitting = [other for other, row in banks.textures.items() if row.role in PLAYED_BY[role]]
            yield Problem(
                (*path, "textures", name),
                f"'{name}' is a texture for {banks.textures[name].role} seats, not for a seat that plays {role}"
                f"{did_you_mean(name, fitting)}",
                at_key=True,
            )


def style_problems(style: Style, banks: Banks) -> Iterator[Problem]:
    """Yield every fault of a style with its place."""
    yield from _key_problems(style)
    for name, seat in style.seats.items():
        path = ("seats", name)
        yield from _seat_problems(path, seat, seat.role, banks)
        if seat.kit is not None and seat.kit not in banks.kits:
            yield Problem((*path, "kit"), f"unknown kit '{seat.kit}'{did_you_mean(seat.kit, banks.kits)}")
        if seat.kit is None and not seat.instruments:
            yield Problem(path, "a seat needs instruments (or a kit)", at_key=True)
        if (seat.kit is not None) != (seat.role == "pulse"):
            yield Problem(
                (*path, "role"), "a kit plays the role pulse, and only a kit does; change the role or the kit"
            )
        if seat.double not in (None, "lead") and seat.double not in style.seats:
            yield Problem(
                (*path, "double"),
                f"unknown seat '{seat.double}'{did_you_mean(str(seat.double), [*style.seats, 'lead'])}",
            )
        elif seat.double == name:
            yield Problem((*path, "double"), "a seat cannot double itself; name another one, or lead")
    if not any(seat.role == "lead" and seat.double is None for seat in style.seats.values()):
        yield Problem(("seats",), "no seat leads: one needs 'role: lead'", at_key=True)
    yield from key_problems(("progressions",), "progression", style.progressions, banks.progressions)
    yield from key_problems(("scales",), "scale", style.scales, banks.scales)
    yield from key_problems(("cues",), "cue type", style.cues, banks.cue_types)
    yield from recipe_problems(("recipes",), style.recipes, banks.instruments)
    yield from listed_problems(
        ("voicing", "templates"), "template", style.voicing.templates or (), banks.voicings.templates
    )
    colours = {name: getattr(style.colour, name) for name in style.colour.__dataclass_fields__}
    yield from weight_problems(("colour",), colours)
    yield from weight_problems(("scales",), style.scales)
    for cue, rules in style.cues.items():
        yield from _rule_problems(("cues", cue), rules, style, banks)


def _key_problems(style: Style) -> Iterator[Problem]:
    """Yield tonics that are not notes, and unknown related styles."""
    for field, tonics in (("major", style.keys.major), ("minor", style.keys.minor)):
        if not tonics:
            yield Problem(("keys", field), "no tonic to choose from; name one at least, such as [C]")
        for index, tonic in enumerate(tonics):
            try:
                parse_pitch_class(tonic)
            except ValueError as fault:
                german = "; did you mean 'B'?" if tonic.strip().upper() == "H" else ""
                plain = "; the mode is said by major and minor" if tonic[-1:] == "m" else ""
                yield Problem(("keys", field, index), f"{fault}{german or plain}")
    if style.kin:
        yield from listed_problems(("kin",), "style", style.kin, [entry.name for entry in list_names("style")])


def _rule_problems(path: KeyPath, rules: CueRules, style: Style, banks: Banks) -> Iterator[Problem]:
    """Yield the faults in the rules for a cue type."""
    yield from listed_problems((*path, "omit"), "seat", rules.omit, style.seats)
    yield from key_problems((*path, "seats"), "seat", rules.seats, style.seats)
    yield from key_problems((*path, "progressions"), "progression", rules.progressions, banks.progressions)
    yield from key_problems((*path, "recipes"), "recipe", rules.recipes or (), (PLAIN, *banks.recipes, *style.recipes))
    for field in ("meters", "modes", "recipes"):
        yield from weight_problems((*path, field), getattr(rules, field))
    yield from _mode_problems((*path, "modes"), rules.modes or ())
    for text in rules.meters or ():
        yield from _meter_problems((*path, "meters", text), text)
    if rules.tempo is not None and not SLOWEST <= rules.tempo[0] <= rules.tempo[1] <= FASTEST:
        low, high = rules.tempo
        said = f"{low:g} to {high:g} quarter notes per minute"
        yield Problem((*path, "tempo"), f"{said} cannot be played; a tempo lies between {SLOWEST:g} and {FASTEST:g}")
    leads = [name for name, seat in style.seats.items() if seat.role == "lead" and seat.double is None]
    if leads and all(name in rules.omit for name in leads):
        yield Problem((*path, "omit"), f"nobody is left to lead; keep one of {', '.join(leads)}")
    for name, change in rules.seats.items():
        role = style.seats[name].role if name in style.seats else ""
        yield from _seat_problems((*path, "seats", name), change, role, banks)


def _mode_problems(path: KeyPath, modes: Collection[str]) -> Iterator[Problem]:
    """Yield unknown modes."""
    for mode in modes:
        if mode not in MODES:
            meant = PLAIN_WORDS.get(mode)
            guess = f"; did you mean '{meant}'?" if meant else did_you_mean(mode, MODES)
            yield Problem((*path, mode), f"unknown mode '{mode}'{guess}", at_key=True)


def _meter_problems(path: KeyPath, text: str) -> Iterator[Problem]:
    """Yield a fault when a meter is not valid."""
    try:
        check_meters(text)
    except ValueError as fault:
        yield Problem(path, str(fault), at_key=True)
