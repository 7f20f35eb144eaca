"""Medleys: forms that go through several themes, with a theme, key and tempo for each section.

A form names the theme of a section by number, or says that it comes for all the `others`; this module replaces these
with theme names. A quoted theme keeps its mode, and its own key where that is a second, third or fourth from home.
Themes with high arousal are quoted faster than calm ones. The link before a quotation already uses its key.
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

MEDIANTS = (4, -3, 3, -4, 5)  # semitones from home, tried in turn when the theme's own key does not fit
# semitones from home that a quotation may use
RELATED = frozenset({3, -3, 4, -4, 5, -5, 2, -2})
# modes that are hard to harmonise → a similar mode that is used for harmony
HARMONISABLE = {"locrian": "phrygian", "phrygian_dominant": "harmonic_minor"}
# (arousal up to, factor on the tempo of the section)
PACES = ((0.35, 0.92), (0.65, 1.0), (1.0, 1.14))


def medley(cue: CueType, names: Sequence[str], themes: Mapping[str, Theme], home: Key, banks: Banks) -> CueType:
    """Put theme names into the forms of a cue type; return the type unchanged when its forms name no themes.

    names: the themes of the cue, the main one first. home: the home key.
    """
    if not names or not any(row.theme for row in (*cue.form, *cue.long_form)):
        return cue
    form, long_form = (
        _with_link_keys(tuple(_with_theme_names(f, names, themes, home, banks))) for f in (cue.form, cue.long_form)
    )
    return replace(cue, form=form, long_form=long_form)


def _with_link_keys(rows: Sequence[SectionRow]) -> tuple[SectionRow, ...]:
    """Give every section with harmony `turn` the key and mode of the section after it."""
    return tuple(
        replace(row, lift=after.lift, mode=after.mode) if row.harmony == "turn" else row
        for row, after in zip(rows, (*rows[1:], *rows[-1:]), strict=True)
    )


def _with_theme_names(
    form: Sequence[SectionRow], names: Sequence[str], themes: Mapping[str, Theme], home: Key, banks: Banks
) -> Iterator[SectionRow]:
    """Yield the rows of a form with theme names; a group of rows for the `others` is repeated once per theme."""
    at = 0
    while at < len(form):
        row = form[at]
        if row.theme != "others":
            if row.theme != "alone" or len(names) == 1:
                name = _name(row.theme, names)
                is_quoted = isinstance(name, str) and name != names[0]
                yield replace(row, theme=name, mode=_mode(themes[str(name)]) if is_quoted else row.mode)
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
                passing = banks.treatments[each.treatment].theme == "passing"  # a link still quotes the theme before it
                quoted = names[number - 1] if passing else name
                yield replace(
                    each, name=f"{each.name} {number}" if len(names) > 2 else each.name, lift=before,
                    mode=_mode(theme), tempo=round(each.tempo * _pace(theme, banks), 3), theme=quoted,
                )  # fmt: skip
        at = after


def _name(which: int | str, names: Sequence[str]) -> int | str:
    """Return the theme name for a number (from 1, counted round) or `alone`; other values are returned unchanged."""
    if which == "alone":
        return names[0]
    return names[(which - 1) % len(names)] if isinstance(which, int) and which else which


def _lift(theme_key: Key, home: Key, before: int) -> int:
    """Return the semitones from home to the key of a quotation. before: those of the previous quotation, or 0."""
    away = (theme_key.tonic - home.tonic + 5) % 12 - 5
    return next(lift for lift in (away, *MEDIANTS) if lift in RELATED and lift != before)


def _mode(theme: Theme) -> ModeName:
    """Return the mode in which a theme is quoted: its own, or a similar one that can be harmonised."""
    return cast(ModeName, HARMONISABLE.get(theme.key.mode, theme.key.mode))


def _pace(theme: Theme, banks: Banks) -> float:
    """Return the tempo factor of a quotation, by the arousal of its theme's character."""
    row = banks.characters.get(theme.character)
    return next(share for most, share in PACES if (row.arousal if row else 0.5) <= most)
