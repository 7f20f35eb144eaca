"""Choose an instrument for every seat of the style, and a leading player for every section.

A style's seats are drawn once per cue. Sections of the same treatment and level usually keep their leader; a contrast
goes to another player. A player who has led too many bars in a row hands over.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from cuesmith.casting.player import Player as Player
from cuesmith.casting.player import plays_in
from cuesmith.casting.register import CLIMAX_HEIGHT, Lie, height, lie, weights_by_register
from cuesmith.casting.roster import coda_rests, joins_last_chord, left_out, roster_rests
from cuesmith.casting.singer import GUIDE, is_song, singer
from cuesmith.chance import Stream
from cuesmith.errors import ComposeError, with_article
from cuesmith.motif.model import Theme
from cuesmith.plan.model import Plan, SectionPlan
from cuesmith.specs.banks.instruments import Instrument
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.style import CueRules, Seat, SeatChange, Style


@dataclass(frozen=True, slots=True)
class Cast:
    """The players of a cue in score order.

    leads: for each section the id of the leading player, or None.
    rests: (section index, player id) of players who rest although their seat would play.
    closing: ids of the players who may join the last chord.
    """

    players: tuple[Player, ...]
    leads: tuple[str | None, ...]
    rests: frozenset[tuple[int, str]] = frozenset()
    closing: frozenset[str] = frozenset()

    def player(self, seat: str) -> Player:
        """Return the player of a seat. Raises KeyError when the seat is empty."""
        for player in self.players:
            if player.id == seat:
                return player
        raise KeyError(seat)

    def instrument(self, seat: str) -> Instrument:
        """Return the instrument of a seat. Raises KeyError when the seat is empty or a drum kit."""
        instrument = self.player(seat).instrument
        if instrument is None:
            raise KeyError(f"{seat} is a drum kit")
        return instrument

    def active(self, player: Player, section: SectionPlan) -> bool:
        """Tell whether a player plays in a section: by level and treatment of the seat, unless the player rests."""
        return plays_in(player, section) and (section.index, player.id) not in self.rests

    def closes(self, player: Player) -> bool:
        """Tell whether a player who is still playing may join the last chord."""
        return player.id in self.closing or player.seat.role == "colour"


CLIMAX_ENERGY = 0.9  # in a medley, a section with this much energy is the climax, not a quotation
MOST_LEAD_BARS = 16  # a player leads no longer than this in a row when another can
OVER_COST = 0.02  # each semitone above the highest note of the climax counts as this share outside
LIES_WELL = 0.05  # share of a melody that may lie outside the good register of its instrument
WORST, BADLY = 0.02, 8.0  # least factor on the weight of an instrument; how fast it falls with the share outside
NEARLY = 3  # semitones by which the leader of the climax may stay below the highest possible leader
FAMILY_GAINS = (2.5, 1.8)  # factors for instruments of the first and the second family that a recipe names
FAMILY_LEADS = 0.5  # how often a section is led by one of these families for certain; else every suitable player may


def _with_families_raised(weights: Mapping[str, float], families: tuple[str, ...], banks: Banks) -> dict[str, float]:
    """Raise the weights of instruments from the families that a recipe asks for."""
    gain = dict(zip(families, FAMILY_GAINS, strict=False))
    return {name: weight * gain.get(banks.instruments[name].family, 1.0) for name, weight in weights.items()}


def _families(plan: Plan, theme: str | None, section: SectionPlan | None = None) -> tuple[str, ...]:
    """Return the instrument families that the recipe of a theme asks for."""
    row = plan.theme_form(theme, section).row if theme else None
    return row.families if row else ()


def with_change(seat: Seat, change: SeatChange | None) -> Seat:
    """Return the seat as a cue type changes it."""
    if change is None:
        return seat
    fields = {name: getattr(change, name) for name in SeatChange.__dataclass_fields__}
    return replace(seat, **{name: value for name, value in fields.items() if value is not None})


def _highest_good_pitch(player: Player) -> int:
    """Return the highest pitch of the good register."""
    return player.instrument.sweet[1] if player.instrument else 0


NO_MELODY = Lie(4, 0.0, 0, 0, 0.0)
Tunes = Mapping[int, Sequence[int]]  # section index → MIDI pitches of its melody, tonic in octave 4, rising


def _lie(
    plan: Plan, section: SectionPlan, instrument: Instrument, tunes: Tunes, ceiling: int | None,
    high: float | None = None,
) -> Lie:  # fmt: skip
    """Return how the melody of a section lies on an instrument.

    ceiling: the highest pitch of the cue, once it is known. high: see `lie`.
    """
    pitches = tunes.get(section.index)
    if not pitches:
        return NO_MELODY
    row = plan.theme_form(section.theme, section).row if section.theme else None
    register = 2 * section.register + (row.register if row is not None else 0)
    return lie(pitches, instrument, height(section.energy) if high is None else high, register, ceiling)


def _suitable(
    plan: Plan, players: Sequence[Player], section: SectionPlan, tunes: Tunes, ceiling: int | None
) -> list[Player]:
    """Return the players on whose instruments the melody lies well; when there are none, those with the best fit."""
    lies = [_lie(plan, section, p.instrument, tunes, ceiling) for p in players if p.instrument]
    badness = [found.outside + OVER_COST * found.over for found in lies]
    limit = max(LIES_WELL, min(badness))
    return [p for p, bad in zip(players, badness, strict=True) if bad <= limit]


def _candidates(leaders: Sequence[Player], section: SectionPlan, tired: Collection[str | None]) -> list[Player]:
    """Return the players who may lead a section: those whose seat plays at its level.

    tired: players who have led for too long. When only these are left, players one level away are taken, too.
    """
    right = [
        p
        for p in leaders
        if plays_in(p, section) or (section.treatment_row.silent and _level_distance(p, section) == 0)
    ]
    fresh = [p for p in right if p.id not in tired]
    if not fresh and tired:
        fresh = [p for p in leaders if p.id not in tired and _level_distance(p, section) <= 1]
    return fresh or right or [p for p in leaders if p.id not in tired] or list(leaders)


def _level_distance(player: Player, section: SectionPlan) -> int:
    """Return how many levels a section lies outside the range of a seat."""
    low, high = player.seat.levels
    return max(low - section.level, section.level - high, 0)


def _leads(
    plan: Plan, players: tuple[Player, ...], themes: Mapping[str, Theme], tunes: Tunes, draw: Stream
) -> tuple[str | None, ...]:
    """Choose the leader of every section."""
    leaders = [p for p in players if p.seat.role == "lead" and p.seat.double is None]
    leaders.sort(key=lambda p: p.seat.levels)
    out: list[str | None] = []
    by_treatment: dict[tuple[str, int], str] = {}
    climax, climax_leader, ceiling = _climax_leader(plan, leaders, tunes, draw)
    current_leader, leading_since = None, 0  # who led last, and from which bar on
    for section in plan.sections:
        end = section.first_bar + section.bars
        tired: set[str | None] = {current_leader} if end - leading_since > MOST_LEAD_BARS else set()
        if section is climax:
            chosen = climax_leader
        else:
            soon = next((s for s in plan.sections[section.index + 1 :] if s.index in tunes), None)
            saved = climax_leader if soon is not None and soon is climax else None
            begin = leading_since if current_leader == climax_leader else section.first_bar
            if saved and climax.first_bar + climax.bars - begin > MOST_LEAD_BARS:
                tired.add(climax_leader)
            chosen = _leader(plan, leaders, themes, tunes, section, {out[-1] if out else None, saved}, by_treatment,
                             tired, ceiling, draw)  # fmt: skip
            if chosen is not None:
                by_treatment[section.treatment, section.level] = chosen
        out.append(chosen)
        if chosen != current_leader and (section.index in tunes or not tunes):
            current_leader, leading_since = chosen, section.first_bar
    return tuple(out)


def _climax_leader(
    plan: Plan, leaders: Sequence[Player], tunes: Tunes, draw: Stream
) -> tuple[SectionPlan, str | None, int | None]:
    """Return the section with the highest melody, its leader, and its highest pitch; no other section goes above it."""
    with_melody = [s for s in plan.sections if s.index in tunes and s.treatment_row.place is None]
    climax = max(with_melody, key=lambda s: (s.energy, s.index)) if with_melody else plan.climax
    fitting = _candidates(leaders, climax, ())
    if not fitting:
        return climax, None, None
    lies = {p.id: _lie(plan, climax, p.instrument, tunes, None, CLIMAX_HEIGHT) for p in fitting if p.instrument}
    tops = {p.id: lies[p.id].top or _highest_good_pitch(p) for p in fitting}
    highest = max(tops.values())
    high = [p for p in fitting if tops[p.id] >= highest - NEARLY]
    if climax.register < 0:  # a climax that should lie low needs no high instrument
        high = fitting
    leader = _draw_leader(
        plan, _suitable(plan, high, climax, tunes, None), climax, tunes, None, draw.child(climax.index)
    )
    return climax, leader, lies[leader].top or None


def _leader(
    plan: Plan, leaders: Sequence[Player], themes: Mapping[str, Theme], tunes: Tunes, section: SectionPlan,
    spared: Collection[str | None], by_treatment: Mapping[tuple[str, int], str], tired: Collection[str | None],
    ceiling: int | None, draw: Stream,
) -> str | None:  # fmt: skip
    """Choose who leads a section; None when nobody can.

    spared: those who lead the sections before and after it. tired: those who have led, or will lead, for long enough.
    """
    fitting = _candidates(leaders, section, tired)
    if not fitting:
        return None
    theme_instrument = themes[section.theme].instrument if section.theme else None
    signature = next((p for p in leaders if p.instrument_id == theme_instrument), None)
    if signature and section.treatment_row.plain and section.level < 4:
        return signature.id
    suitable = _suitable(plan, fitting, section, tunes, ceiling)
    last_leader = by_treatment.get((section.treatment, section.level))
    quoted = section.index > 0 and plan.sections[section.index - 1].harmony == "turn" and section.energy < CLIMAX_ENERGY
    if quoted and section.theme not in (None, *plan.brief.themes[:1]):
        # a quoted theme of a medley gets a player who has not led yet
        new = [p for p in fitting if p.id not in by_treatment.values() and p.id not in tired]
        lying = _suitable(plan, new, section, tunes, ceiling) if new else suitable
        return draw.child(section.index).choice([p for p in lying if p.id not in spared] or lying).id
    if last_leader in {p.id for p in suitable} and not draw.child(section.index, "new").chance(0.3):
        return last_leader
    others = [p for p in suitable if p.id not in spared] if section.treatment_row.place != "end" else suitable
    families = _families(plan, section.theme, section)
    asked = [p for p in others or suitable if p.instrument and p.instrument.family in families]
    if asked and not draw.child(section.index, "family").chance(FAMILY_LEADS):
        asked = []
    return _draw_leader(plan, asked or others or suitable, section, tunes, ceiling, draw.child(section.index))


def _draw_leader(
    plan: Plan, players: Sequence[Player], section: SectionPlan, tunes: Tunes, ceiling: int | None, draw: Stream
) -> str:
    """Draw one of the players. When the melody should lie higher or lower, prefer those with whom it does."""
    if not section.register:
        return draw.choice(players).id
    means = {p.id: _lie(plan, section, p.instrument, tunes, ceiling).mean for p in players if p.instrument}
    return draw.weighted(weights_by_register({p.id: 1.0 for p in players}, means, section.register))


def _with_melody_fit(
    plan: Plan, seat: Seat, weights: Mapping[str, float], tunes: Tunes, banks: Banks
) -> dict[str, float]:
    """Lower the weights of instruments on which the melodies of the seat's sections lie badly."""
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
    return weights_by_register(out, means, sum(s.register for s in sections) / len(sections))


def cast_players(
    plan: Plan, style: Style, themes: Mapping[str, Theme], banks: Banks, draw: Stream, tunes: Tunes | None = None
) -> Cast:
    """Draw an instrument for every seat that plays in this cue, and choose the leaders.

    No instrument is given to two lead seats.
    tunes: section index → pitches of its melody (MIDI, tonic in octave 4, rising), used to choose instruments that suit
        it.
    Raises ComposeError when the style has no lead seat for the levels of the cue.
    """
    tunes = tunes or {}
    rules = style.cues.get(plan.brief.type, CueRules())
    levels = {section.level for section in plan.sections}
    theme_instruments = {themes[name].instrument for name in plan.brief.themes} - {None}
    players: list[Player] = []
    taken: set[str] = set()
    for name, base in style.seats.items():
        if name in rules.omit:
            continue
        seat = with_change(base, rules.seats.get(name))
        if not any(seat.levels[0] <= level <= seat.levels[1] for level in levels):
            continue
        if seat.kit is not None:
            players.append(Player(name, seat, seat.kit, None))
            continue
        weights = {
            i: w for i, w in seat.instruments.items() if seat.role != "lead" or i not in taken
        } or seat.instruments
        asked = (
            [i for i in weights if i in theme_instruments and i not in taken]
            if seat.role == "lead" and not seat.double
            else []
        )
        if seat.role == "lead" and plan.brief.themes:
            weights = _with_families_raised(weights, _families(plan, plan.brief.themes[0]), banks)
        if seat.role == "lead" and not seat.double:
            weights = _with_melody_fit(plan, seat, weights, tunes, banks)
        chosen = asked[0] if asked else draw.child(name).weighted(weights)
        if seat.role == "lead":
            taken.add(chosen)
        players.append(Player(name, seat, chosen, banks.instruments[chosen]))
    if not any(p.seat.role == "lead" for p in players):
        raise ComposeError(
            f"style '{plan.brief.style}' has no lead seat for the levels of {with_article(plan.brief.type)} cue"
        )
    ids = {p.id for p in players}
    present = tuple(p for p in players if p.seat.double in (None, "lead") or p.seat.double in ids)
    leads = _leads(plan, present, themes, tunes, draw.child("leads"))
    if is_song(plan, banks):
        present = (singer(plan, tunes, banks), *present)
        pairs = zip(plan.sections, leads, strict=True)
        leads = tuple(GUIDE if s.treatment_row.whole and s.theme is not None else lead for s, lead in pairs)
    omitted = left_out(plan, present, leads, banks)
    present = tuple(p for p in present if p.id not in omitted)
    rests = roster_rests(plan, present, leads) | coda_rests(plan, present, leads)
    return Cast(present, leads, rests, joins_last_chord(plan, present, rests, leads))
