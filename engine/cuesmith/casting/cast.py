"""Casting: who sits in each chair of the ensemble, and who leads in each section.

A style's seats are drawn once per cue. The lead passes from player to player: sections of the same music keep their
player unless it returns varied, a contrast goes to somebody else, and the fuller the section the bigger the lead.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from cuesmith.casting.player import Player as Player
from cuesmith.casting.player import seated
from cuesmith.casting.register import CLIMAX_HEIGHT, Lie, height, leaning, lie
from cuesmith.casting.roster import closing, leaving, resting
from cuesmith.casting.singer import GUIDE, singer, sings
from cuesmith.chance import Stream
from cuesmith.errors import ComposeError
from cuesmith.motif.model import Theme
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.specs.banks.instruments import Instrument
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.style import CueRules, Seat, SeatChange, Style


@dataclass(frozen=True, slots=True)
class Cast:
    """The players of a cue in score order; leads: for each section the id of the leading player, or None.

    rests: (section index, player) of those who rest where their seat would play; closing: who may join the last chord.
    """

    players: tuple[Player, ...]
    leads: tuple[str | None, ...]
    rests: frozenset[tuple[int, str]] = frozenset()
    closing: frozenset[str] = frozenset()

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
        """Whether the seat plays in a section: by level and treatment, unless it rests."""
        return seated(player, section) and (section.index, player.id) not in self.rests

    def closes(self, player: Player) -> bool:
        """Whether a player who is still playing joins the last chord."""
        return player.id in self.closing or player.seat.role == "colour"


HEIGHT = 0.9  # the energy from which on a section is the height of a medley, and no quotation
FRESH_BARS = 16  # nobody leads for longer, where there is somebody else
PASSING = 0.02  # what a semitone over the highest note of the climax counts for, as a share outside
LIES_WELL = 0.05  # share of a melody that may lie outside the good register of who plays it
WORST, BADLY = 0.02, 8.0  # least weight left to an instrument, and how fast it falls with the share outside
NEARLY = 3  # semitones by which the melody of the climax may lie lower than somebody else could play it
FAVOUR = (4.0, 2.5)  # weight of instruments of the first and second family a recipe names


def _favoured(weights: Mapping[str, float], families: tuple[str, ...], banks: Banks) -> dict[str, float]:
    """The weights of instruments, those of the families a recipe asks for raised."""
    gain = dict(zip(families, FAVOUR, strict=False))
    return {name: weight * gain.get(banks.instruments[name].family, 1.0) for name, weight in weights.items()}


def _families(plan: Plan, theme: str | None, section: SectionPlan | None = None) -> tuple[str, ...]:
    row = plan.theme_form(theme, section).row if theme else None
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


NOTHING = Lie(4, 0.0, 0, 0, 0.0)
Tunes = Mapping[int, Sequence[int]]  # section → pitches of what it sings, tonic in octave 4, in rising order


def _lie(
    plan: Plan, section: SectionPlan, instrument: Instrument, tunes: Tunes, ceiling: int | None,
    high: float | None = None,
) -> Lie:  # fmt: skip
    """How a section's melody lies on an instrument, under the highest note of the cue where that is known."""
    pitches = tunes.get(section.index)
    if not pitches:
        return NOTHING
    row = plan.theme_form(section.theme, section).row if section.theme else None
    register = 2 * section.register + (row.register if row is not None else 0)
    return lie(pitches, instrument, height(section.energy) if high is None else high, register, ceiling)


def _able(
    plan: Plan, players: Sequence[Player], section: SectionPlan, tunes: Tunes, ceiling: int | None
) -> list[Player]:
    """Of some players those for whom the melody lies well; where it does for none, those for whom it lies best."""
    lies = [_lie(plan, section, p.instrument, tunes, ceiling) for p in players if p.instrument]
    badness = [found.outside + PASSING * found.over for found in lies]
    limit = max(LIES_WELL, min(badness))
    return [p for p, bad in zip(players, badness, strict=True) if bad <= limit]


def _fitting(leaders: Sequence[Player], section: SectionPlan, tired: Collection[str | None]) -> list[Player]:
    """Who may lead a section: those whose level it is; where only tired players are left, those one level away too."""
    right = [p for p in leaders if seated(p, section) or (section.treatment_row.silent and _off(p, section) == 0)]
    fresh = [p for p in right if p.id not in tired]
    if not fresh and tired:
        fresh = [p for p in leaders if p.id not in tired and _off(p, section) <= 1]
    return fresh or right or [p for p in leaders if p.id not in tired] or list(leaders)


def _off(player: Player, section: SectionPlan) -> int:
    """How many levels a section lies away from those of a seat."""
    low, high = player.seat.levels
    return max(low - section.level, section.level - high, 0)


def _leads(
    plan: Plan, players: tuple[Player, ...], themes: Mapping[str, Theme], tunes: Tunes, draw: Stream
) -> tuple[str | None, ...]:
    leaders = [p for p in players if p.seat.role == "lead" and p.seat.double is None]
    leaders.sort(key=lambda p: p.seat.levels)
    out: list[str | None] = []
    by_treatment: dict[tuple[str, int], str] = {}
    climax, crown, ceiling = _crown(plan, leaders, tunes, draw)
    singer, since = None, 0  # who has sung last, and from which bar on
    for section in plan.sections:
        end = section.first_bar + section.bars
        tired: set[str | None] = {singer} if end - since > FRESH_BARS else set()
        if section is climax:
            chosen = crown
        else:
            soon = next((s for s in plan.sections[section.index + 1 :] if s.index in tunes), None)
            saved = crown if soon is not None and soon is climax else None
            begin = since if singer == crown else section.first_bar
            if saved and climax.first_bar + climax.bars - begin > FRESH_BARS:
                tired.add(crown)
            chosen = _leader(plan, leaders, themes, tunes, section, {out[-1] if out else None, saved}, by_treatment,
                             tired, ceiling, draw)  # fmt: skip
            if chosen is not None:
                by_treatment[section.treatment, section.level] = chosen
        out.append(chosen)
        if chosen != singer and (section.index in tunes or not tunes):
            singer, since = chosen, section.first_bar
    return tuple(out)


def _crown(
    plan: Plan, leaders: Sequence[Player], tunes: Tunes, draw: Stream
) -> tuple[SectionPlan, str | None, int | None]:
    """The section that reaches highest, who leads it, and its highest note, which others stay under."""
    singing = [s for s in plan.sections if s.index in tunes and s.treatment_row.place is None]
    climax = max(singing, key=lambda s: (s.energy, s.index)) if singing else plan.climax
    fitting = _fitting(leaders, climax, ())
    if not fitting:
        return climax, None, None
    lies = {p.id: _lie(plan, climax, p.instrument, tunes, None, CLIMAX_HEIGHT) for p in fitting if p.instrument}
    tops = {p.id: lies[p.id].top or _reach(p) for p in fitting}
    high = [p for p in fitting if tops[p.id] >= max(tops.values()) - NEARLY]  # whoever gets highest, or nearly so
    if climax.register < 0:  # a climax that should lie low need not be led by who gets highest
        high = fitting
    crown = _drawn(plan, _able(plan, high, climax, tunes, None), climax, tunes, None, draw.child(climax.index))
    return climax, crown, lies[crown].top or None


def _leader(
    plan: Plan, leaders: Sequence[Player], themes: Mapping[str, Theme], tunes: Tunes, section: SectionPlan,
    spared: Collection[str | None], by_treatment: Mapping[tuple[str, int], str], tired: Collection[str | None],
    ceiling: int | None, draw: Stream,
) -> str | None:  # fmt: skip
    """Who leads a section. spared: who leads before or after it; tired: who has led, or will lead, for long enough."""
    fitting = _fitting(leaders, section, tired)
    if not fitting:
        return None
    wanted = themes[section.theme].instrument if section.theme else None
    signature = next((p for p in leaders if p.instrument_id == wanted), None)
    if signature and section.treatment_row.plain and section.level < 4:
        return signature.id
    able = _able(plan, fitting, section, tunes, ceiling)
    known = by_treatment.get((section.treatment, section.level))
    quoted = section.index > 0 and plan.sections[section.index - 1].harmony == "turn" and section.energy < HEIGHT
    if quoted and section.theme not in (None, *plan.brief.themes[:1]):  # another theme of a medley takes another voice
        new = [p for p in fitting if p.id not in by_treatment.values() and p.id not in tired]
        lying = _able(plan, new, section, tunes, ceiling) if new else able
        return draw.child(section.index).choice([p for p in lying if p.id not in spared] or lying).id
    if known in {p.id for p in able} and not draw.child(section.index, "new").chance(0.3):
        return known
    others = [p for p in able if p.id not in spared] if section.treatment_row.place != "end" else able
    families = _families(plan, section.theme, section)
    asked = [p for p in others or able if p.instrument and p.instrument.family in families]
    return _drawn(plan, asked or others or able, section, tunes, ceiling, draw.child(section.index))


def _drawn(
    plan: Plan, players: Sequence[Player], section: SectionPlan, tunes: Tunes, ceiling: int | None, draw: Stream
) -> str:
    """One of some players who could lead; where the melody should lie higher or lower, rather one with whom it does."""
    if not section.register:
        return draw.choice(players).id
    means = {p.id: _lie(plan, section, p.instrument, tunes, ceiling).mean for p in players if p.instrument}
    return draw.weighted(leaning({p.id: 1.0 for p in players}, means, section.register))


def _suited(plan: Plan, seat: Seat, weights: Mapping[str, float], tunes: Tunes, banks: Banks) -> dict[str, float]:
    """The weights of instruments, those lowered on which the melodies of the seat's sections lie badly."""
    sections = [s for s in plan.sections if s.index in tunes and seat.levels[0] <= s.level <= seat.levels[1]]
    if not sections or len(weights) == 1:
        return dict(weights)
    out: dict[str, float] = {}
    means: dict[str, float] = {}
    for name, weight in weights.items():
        lies = [_lie(plan, s, banks.instruments[name], tunes, None) for s in sections]
        outside = sum(found.outside for found in lies) / len(sections)
        means[name] = sum(found.mean for found in lies) / len(sections)
        out[name] = weight * max(WORST, 1 - BADLY * max(0.0, outside - LIES_WELL / 2))
    return leaning(out, means, sum(s.register for s in sections) / len(sections))


def cast_players(
    plan: Plan, style: Style, themes: Mapping[str, Theme], banks: Banks, draw: Stream, tunes: Tunes | None = None
) -> Cast:
    """Draw an instrument for every seat that plays in this cue. No instrument is given two lead seats.

    tunes: section index → what it sings, as MIDI pitches with the tonic in octave 4, in rising order, so that melodies
    go to players for whom they lie well.
    """
    tunes = tunes or {}
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
        if seat.role == "lead" and not seat.double:
            weights = _suited(plan, seat, weights, tunes, banks)
        chosen = asked[0] if asked else draw.child(name).weighted(weights)
        if seat.role == "lead":
            taken.add(chosen)
        players.append(Player(name, seat, chosen, banks.instruments[chosen]))
    if not any(p.seat.role == "lead" for p in players):
        raise ComposeError(f"style '{plan.brief.style}' has no lead seat for the levels of a {plan.brief.type} cue")
    ids = {p.id for p in players}
    present = tuple(p for p in players if p.seat.double in (None, "lead") or p.seat.double in ids)
    leads = _leads(plan, present, themes, tunes, draw.child("leads"))
    if sings(plan, banks):
        present = (singer(plan, tunes, banks), *present)
        sung = zip(plan.sections, leads, strict=True)
        leads = tuple(GUIDE if s.treatment_row.whole and s.theme is not None else lead for s, lead in sung)
    out = leaving(plan, present, leads, banks)
    present = tuple(p for p in present if p.id not in out)
    rests = resting(plan, present, leads)
    return Cast(present, leads, rests, closing(plan, present, rests, leads))
