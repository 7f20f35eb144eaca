"""The roles of drum voices: which voice plays which role in each group of drums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, get_args

from cuesmith.errors import did_you_mean
from cuesmith.specs.banks.percussion import DrumGroup, DrumRole, DrumTag, DrumVoice
from cuesmith.specs.yaml.place import Problem

# every group has one voice for each of these
NEEDED: Final[tuple[DrumRole, ...]] = ("low", "crash", "ghost", "answer", "beside")
TOGETHER: Final[DrumRole] = "unison"  # the only role that several voices of a group may have


@dataclass(frozen=True, slots=True)
class DrumRoles:
    """The voices of a drum group by role (styles/banks/drums.yaml explains the roles); "" for a missing role.

    colours, cymbals, layers: voices of any group with that tag.
    moved_to: time-keeping voice → the voice that may replace it.
    """

    group: DrumGroup
    low: str
    crash: str
    ghost: str
    answer: str
    beside: str
    unison: tuple[str, ...]
    backbeat: str
    side_stick: str
    hat: str
    open_hat: str
    ride: str
    swell: str
    reply: str
    call: str
    colours: frozenset[str]
    cymbals: frozenset[str]
    layers: frozenset[str]
    moved_to: Mapping[str, str]


def drum_roles(drums: Mapping[str, DrumVoice]) -> dict[DrumGroup, DrumRoles]:
    """Return the roles in every group. The voices must have passed `drum_problems`."""
    moved_to = {name: row.moved_to for name, row in drums.items() if row.moved_to}
    found: dict[DrumGroup, DrumRoles] = {}
    for group in get_args(DrumGroup):
        players = {name: row.roles for name, row in drums.items() if row.group == group}
        single = {
            role: next((name for name, roles in players.items() if role in roles), "")
            for role in get_args(DrumRole) if role != TOGETHER
        }  # fmt: skip
        found[group] = DrumRoles(
            group=group, unison=tuple(name for name, roles in players.items() if TOGETHER in roles), **single,
            colours=voices_tagged(drums, "colour"), cymbals=voices_tagged(drums, "cymbal"),
            layers=voices_tagged(drums, "layer"), moved_to=moved_to,
        )  # fmt: skip
    return found


def voices_tagged(drums: Mapping[str, DrumVoice], tag: DrumTag) -> frozenset[str]:
    """Return the voices with a tag."""
    return frozenset(name for name, row in drums.items() if tag in row.tags)


def drum_problems(drums: Mapping[str, DrumVoice]) -> Iterator[Problem]:
    """Yield roles that two voices of a group have, missing roles, unknown voices in `moved_to`, and equal ranks."""
    ranks: dict[int, str] = {}
    for name, row in drums.items():
        if row.moved_to and row.moved_to not in drums:
            yield Problem((name, "moved_to"), f"unknown drum voice '{row.moved_to}'{did_you_mean(row.moved_to, drums)}")
        if row.marks_hits and ranks.setdefault(row.marks_hits, name) != name:
            yield Problem((name, "marks_hits"), f"{ranks[row.marks_hits]} has the number {row.marks_hits} already")
        if row.roles and row.group == "hand":
            yield Problem((name, "roles"), "hand percussion has no roles; it plays beside a kit", at_key=True)
    for group in get_args(DrumGroup):
        owners: dict[DrumRole, str] = {}
        for name, row in drums.items():
            for index, role in enumerate(row.roles if row.group == group else ()):
                if role != TOGETHER and owners.setdefault(role, name) != name:
                    yield Problem((name, "roles", index), f"{owners[role]} has the role {role} in its group already")
        for role in NEEDED:
            if role not in owners:
                yield Problem((), f"no voice of the group {group} has the role {role}")
