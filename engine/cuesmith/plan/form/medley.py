"""Medleys: forms that go through several themes, each section with a theme, a key and a pace of its own.

A form says which theme a section has by number, or that it comes for all the `others`; here the numbers become names.
A quoted theme keeps its mode, and its own key where that is a third, a fourth or a step from home; an excited one is
quoted faster than a calm one. The link before it stands in its key already and goes at a pace between the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

from cuesmith.motif.model import Theme
from cuesmith.music.scale import Key
from cuesmith.specs.banks.cue_types import CueType, SectionRow
from cuesmith.specs.banks.fields import ModeName
from cuesmith.specs.banks.library import Banks

MEDIANTS = (4, -3, 3, -4, 5)  # semitones to the keys a quotation stands in, where its own is home or a tritone away
RELATED = frozenset({3, -3, 4, -4, 5, -5, 2, -2})
STEADY = {"locrian": "phrygian", "phrygian_dominant": "harmonic_minor"}
#        arousal up to, share of the tempo of the row
PACES = ((0.35, 0.92), (0.65, 1.0), (1.0, 1.14))


def medley(cue: CueType, names: Sequence[str], themes: Mapping[str, Theme], home: Key, banks: Banks) -> CueType:
    """The cue type with themes by name in its forms; the type itself where they name none.

    names: the themes of the cue, the main one first. home: its key. Without themes nothing changes.
    """
    if not names or not any(row.theme for row in (*cue.form, *cue.long_form)):
        return cue
    form, long_form = (_linked(tuple(_named(f, names, themes, home, banks))) for f in (cue.form, cue.long_form))
    return replace(cue, form=form, long_form=long_form)


def _linked(rows: Sequence[SectionRow]) -> tuple[SectionRow, ...]:
    """The rows with every turn in the key it leads to."""
    return tuple(
        replace(row, lift=after.lift, mode=after.mode) if row.harmony == "turn" else row
        for row, after in zip(rows, (*rows[1:], *rows[-1:]), strict=True)
    )


def _named(
    form: Sequence[SectionRow], names: Sequence[str], themes: Mapping[str, Theme], home: Key, banks: Banks
) -> Iterator[SectionRow]:
    """The rows of a form with names; those for the others once for each, as a group."""
    at = 0
    while at < len(form):
        row = form[at]
        if row.theme != "others":
            if row.theme != "alone" or len(names) == 1:
                name = _name(row.theme, names)
                other = isinstance(name, str) and name != names[0]
                yield replace(row, theme=name, mode=_mode(themes[str(name)]) if other else row.mode)
            at += 1
            continue
        after = at
        while after < len(form) and form[after].theme == "others":
            after += 1
        before = row.lift
        for number, name in enumerate(names[1:], start=1):
            theme = themes[name]
            before = _lift(theme.key, home, before if number > 1 else 0)
            for each in form[at:after]:
                passing = banks.treatments[each.treatment].theme == "passing"  # it still talks of what was before
                said = names[number - 1] if passing else name
                yield replace(
                    each, name=f"{each.name} {number}" if len(names) > 2 else each.name, lift=before,
                    mode=_mode(theme), tempo=round(each.tempo * _pace(theme, banks), 3), theme=said,
                )  # fmt: skip
        at = after


def _name(which: int | str, names: Sequence[str]) -> int | str:
    if which == "alone":
        return names[0]
    return names[(which - 1) % len(names)] if isinstance(which, int) and which else which


def _lift(own: Key, home: Key, before: int) -> int:
    """Semitones from home to the key of a quotation; before: those of the one before it, or 0."""
    away = (own.tonic - home.tonic + 5) % 12 - 5
    return next(lift for lift in (away, *MEDIANTS) if lift in RELATED and lift != before)


def _mode(theme: Theme) -> ModeName:
    """The mode a theme is quoted in: its own, or a near one that can be harmonised as dark as it sounds."""
    return cast(ModeName, STEADY.get(theme.key.mode, theme.key.mode))


def _pace(theme: Theme, banks: Banks) -> float:
    row = banks.characters.get(theme.character)
    return next(share for most, share in PACES if (row.arousal if row else 0.5) <= most)
