"""Casting: who sits in each chair of the ensemble, and who leads in each section.

A style's seats are drawn once per cue. The lead passes from player to player: sections of the same music keep their
player unless it returns varied, a contrast goes to somebody else, and the fuller the section the bigger the lead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cuesmith.chance import Stream
from cuesmith.errors import ComposeError
from cuesmith.motif.model import Theme
from cuesmith.score import Plan, SectionPlan
from cuesmith.specs.banks import Instrument
from cuesmith.specs.library import Banks
from cuesmith.specs.style import CueRules, Seat, SeatChange, Style


@dataclass(frozen=True, slots=True)
class Player:
    """A seat with its instrument (None for a drum kit)."""

    id: str
    seat: Seat
    instrument_id: str
    instrument: Instrument | None


@dataclass(frozen=True, slots=True)
class Cast:
    """The players of a cue in score order; leads: for each section the id of the leading player, or None."""

    players: tuple[Player, ...]
    leads: tuple[str | None, ...]

    def player(self, seat: str) -> Player:
        """The player of a seat. Raises KeyError when the seat is empty."""
        for player in self.players:
            if player.id == seat:
                return player
        raise KeyError(seat)

    def instrument(self, seat: str) -> Instrument:
        """The instrument of a pitched seat."""
        instrument = self.player(seat).instrument
        if instrument is None:
            raise KeyError(f"{seat} is a drum kit")
        return instrument

    def active(self, player: Player, section: SectionPlan) -> bool:
        """Whether the seat plays in a section, by level and treatment."""
        low, high = player.seat.levels
        if player.seat.treatments and section.treatment not in player.seat.treatments:
            return False
        if section.treatment == "break":  # nearly silent: only held chords and the gesture that leads out of it
            return player.seat.role in ("pad", "colour") and low <= 2
        return low <= section.level <= high


NEARLY = 5  # semitones by which the player of the climax may reach less high than another
MOVED = 2.0  # semitones of register for which another leads who lies there
FAVOUR = (4.0, 2.5)  # weight of instruments of the first and second family a recipe names


def _favoured(weights: Mapping[str, float], families: tuple[str, ...], banks: Banks) -> dict[str, float]:
    """The weights of instruments, those of the families a recipe asks for raised."""
    gain = dict(zip(families, FAVOUR, strict=False))
    return {name: weight * gain.get(banks.instruments[name].family, 1.0) for name, weight in weights.items()}


def _families(plan: Plan, theme: str | None) -> tuple[str, ...]:
    row = plan.guise(theme).row if theme else None
    return row.families if row else ()


def changed(seat: Seat, change: SeatChange | None) -> Seat:
    """The seat as a cue type wants it."""
    if change is None:
        return seat
    fields = {name: getattr(change, name) for name in SeatChange.__dataclass_fields__}
    return replace(seat, **{name: value for name, value in fields.items() if value is not None})


def _reach(player: Player) -> int:
    """The highest note that lies well."""
    return player.instrument.sweet[1] if player.instrument else 0


def _placed(players: list[Player], register: float) -> list[Player]:
    """Of those who could lead, the half that lies higher or lower where the melody should."""
    if abs(register) < MOVED or len(players) < 2:
        return players
    ranked = sorted(players, key=lambda p: sum(p.instrument.sweet) if p.instrument else 0, reverse=register > 0)
    return ranked[: (len(ranked) + 1) // 2]


def _leads(
    plan: Plan, players: tuple[Player, ...], themes: Mapping[str, Theme], draw: Stream
) -> tuple[str | None, ...]:
    leaders = [p for p in players if p.seat.role == "lead" and p.seat.double is None]
    out: list[str | None] = []
    by_treatment: dict[tuple[str, int], str] = {}
    climax = plan.climax
    for section in plan.sections:
        low_to_high = sorted(leaders, key=lambda p: p.seat.levels)
        fitting = [
            p for p in low_to_high
            if p.seat.levels[0] <= section.level <= p.seat.levels[1]
            and (not p.seat.treatments or section.treatment in p.seat.treatments)
        ] or low_to_high  # fmt: skip
        if not fitting:
            out.append(None)
            continue
        wanted = themes[section.theme].instrument if section.theme else None
        signature = next((p for p in leaders if p.instrument_id == wanted), None)
        if (
            signature is not None
            and section.treatment in ("statement", "fragments", "intro", "head")
            and section.level < 4
        ):
            out.append(signature.id)
            continue
        kind = (section.treatment, section.level)
        if (
            section is not climax
            and kind in by_treatment
            and by_treatment[kind] in {p.id for p in fitting}
            and not draw.child(section.index, "new").chance(0.3)
        ):
            out.append(by_treatment[kind])
            continue
        before = out[-1] if out else None
        others = [p for p in fitting if p.id != before] if section.treatment != "coda" else fitting
        families = _families(plan, section.theme)
        asked = [p for p in others or fitting if p.instrument and p.instrument.family in families]
        pool = _placed(asked or others or fitting, section.register)
        if section is climax:  # whoever reaches highest, or nearly so
            top = max(_reach(p) for p in fitting)
            pool = [p for p in fitting if _reach(p) >= top - NEARLY]
        choice = draw.child(section.index).choice(pool)
        by_treatment[kind] = choice.id
        out.append(choice.id)
    return tuple(out)


def cast_players(plan: Plan, style: Style, themes: Mapping[str, Theme], banks: Banks, draw: Stream) -> Cast:
    """Draw an instrument for every seat that plays in this cue. No instrument is given two lead seats."""
    rules = style.cues.get(plan.brief.type, CueRules())
    levels = {section.level for section in plan.sections}
    wanted = {themes[name].instrument for name in plan.brief.themes} - {None}
    players: list[Player] = []
    taken: set[str] = set()
    for name, base in style.seats.items():
        if name in rules.omit:
            continue
        seat = changed(base, rules.seats.get(name))
        if not any(seat.levels[0] <= level <= seat.levels[1] for level in levels):
            continue
        if seat.kit is not None:
            players.append(Player(name, seat, seat.kit, None))
            continue
        weights = {
            i: w for i, w in seat.instruments.items() if seat.role != "lead" or i not in taken
        } or seat.instruments
        asked = (
            [i for i in weights if i in wanted and i not in taken] if seat.role == "lead" and not seat.double else []
        )
        if seat.role == "lead" and plan.brief.themes:
            weights = _favoured(weights, _families(plan, plan.brief.themes[0]), banks)
        chosen = asked[0] if asked else draw.child(name).weighted(weights)
        if seat.role == "lead":
            taken.add(chosen)
        players.append(Player(name, seat, chosen, banks.instruments[chosen]))
    if not any(p.seat.role == "lead" for p in players):
        raise ComposeError(f"style '{plan.brief.style}' has no lead seat for the levels of a {plan.brief.type} cue")
    ids = {p.id for p in players}
    seated = tuple(p for p in players if p.seat.double in (None, "lead") or p.seat.double in ids)
    return Cast(seated, _leads(plan, seated, themes, draw.child("leads")))
