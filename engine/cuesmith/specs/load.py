"""Load styles and shows: find them, validate them, and check their references against the banks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from cuesmith.errors import CuesmithError, SpecError, did_you_mean, with_article
from cuesmith.music.timecode import parse_rate
from cuesmith.specs.banks.cue_types import ADDED_SECTIONS, CueType
from cuesmith.specs.banks.library import Banks, load_banks, recipe_problems
from cuesmith.specs.banks.like import fill_table, models_of
from cuesmith.specs.banks.themes import PLAIN
from cuesmith.specs.beats import feel_problems, with_beats
from cuesmith.specs.find import find_file, list_names, shown_name
from cuesmith.specs.removed_seats import without_removed_seats
from cuesmith.specs.show import CueSpec, Show
from cuesmith.specs.spotting_list import read_hits
from cuesmith.specs.style import Style
from cuesmith.specs.style_check import style_problems
from cuesmith.specs.yaml.document import Document, read_document
from cuesmith.specs.yaml.extend import resolve_extends
from cuesmith.specs.yaml.known_names import key_problems, listed_problems
from cuesmith.specs.yaml.place import KeyPath, Problem
from cuesmith.specs.yaml.validate import check, problem_lines

_REPEAT: Final = re.compile(r"( \(\d+\))+$")  # what the plan adds to the name of a section that comes again


def _read(name_or_path: str | Path) -> Document:
    """Read the file of a style."""
    if isinstance(name_or_path, Path):
        return read_document(name_or_path, name=str(name_or_path))
    return read_document(find_file("style", name_or_path), name=shown_name("style", name_or_path))


def style_from(document: Document) -> Style:
    """Return the style in a document, with everything it inherits. Raises SpecError listing every fault."""
    parents: list[str] = []

    def parent(name: str) -> Document:
        parents.append(name)
        return _read(name)

    document = resolve_extends(document, parent, without_removed_seats)
    style, problems = check(document, Style)
    if style is not None and parents:
        style = replace(style, kin=(*style.kin, *parents))
    found = list(problems)
    if style is not None:
        found += style_problems(style, load_banks())
    if style is None or found:
        raise SpecError("\n".join(problem_lines(document, found)))
    return replace(style, cues=fill_table(style.cues, models_of(load_banks().cue_types)))


@cache
def _style_of(name: str | Path, file: str) -> Style:
    """Load a style once per process, by name (or path) and resolved file."""
    return style_from(_read(name))


def load_style(name_or_path: str | Path) -> Style:
    """Read a style and check it.

    Args:
        name_or_path: a name, which is looked for in `styles/` of the working directory, then in the user's folder, then
            among the built-in styles; or the path of a file. Text is a path when it ends in `.yaml` or `.yml` or has a
            slash in it.

    Returns:
        The style, with everything that it inherits by `extends`. A file is read once per process.

    Raises:
        UsageError: there is no such style or file.
        SpecError: the file is not valid. The message lists every mistake with its line and column.

    Example:
        >>> from cuesmith import load_style
        >>> load_style("taiko-koto").family
        'taiko'
    """
    if isinstance(name_or_path, Path):
        return _style_of(name_or_path, str(name_or_path.resolve()))
    file = find_file("style", name_or_path)
    return _style_of(name_or_path, str(file.resolve() if isinstance(file, Path) else file))


def _show_problems(show: Show, banks: Banks) -> Iterator[Problem]:
    """Yield what is wrong with a show although every field is valid: unknown names, repeated ids."""
    styles = [entry.name for entry in list_names("style")]

    def style_problem(path: tuple[str | int, ...], name: str) -> Iterator[Problem]:
        if name not in styles and not name.endswith((".yaml", ".yml")):
            yield Problem(path, f"unknown style '{name}'{did_you_mean(name, styles)}")
            return
        try:
            load_style(name)
        except CuesmithError as fault:
            yield Problem(path, f"style '{name}' is not valid: {str(fault).splitlines()[0]}")

    yield from style_problem(("style",), show.style)
    for name, theme in show.themes.items():
        if theme.character and theme.character not in banks.characters:
            yield Problem(
                ("themes", name, "character"),
                f"unknown character '{theme.character}'{did_you_mean(theme.character, banks.characters)}",
            )
        if theme.scale is not None and theme.scale not in banks.scales:
            yield Problem(
                ("themes", name, "scale"), f"unknown scale '{theme.scale}'{did_you_mean(theme.scale, banks.scales)}"
            )
        if theme.instrument is not None and theme.instrument not in banks.instruments:
            yield Problem(
                ("themes", name, "instrument"),
                f"unknown instrument '{theme.instrument}'{did_you_mean(theme.instrument, banks.instruments)}",
            )
        yield from _arc_problems(name, show, banks)
    yield from recipe_problems(("recipes",), show.recipes, banks.instruments)
    seen: dict[str, int] = {}
    for index, cue in enumerate(show.cues):
        path = ("cues", index)
        yield from _type_problems(path, cue, banks)
        if cue.style is not None:
            yield from style_problem((*path, "style"), cue.style)
        for place, theme_name in enumerate(cue.themes):
            if theme_name not in show.themes:
                yield Problem(
                    (*path, "themes", place), f"unknown theme '{theme_name}'{did_you_mean(theme_name, show.themes)}"
                )
        yield from _theme_use_problems((*path,), cue, show, banks)
        yield from feel_problems((*path,), cue, show, banks, _known_recipes(show, cue, banks))
        key = cue.id.replace("-", "").lower()
        if key in seen:
            yield Problem((*path, "id"), f"'{cue.id}' is already the id of cues[{seen[key]}]; every cue needs its own")
        seen.setdefault(key, index)
        for letter in cue.all_variants:
            seen.setdefault(key + letter.lower(), index)


def _type_problems(path: KeyPath, cue: CueSpec, banks: Banks) -> Iterator[Problem]:
    """Yield faults in the type of a cue, and in a length or a pair that this type does not allow."""
    if cue.type not in banks.cue_types:
        yield Problem((*path, "type"), f"unknown cue type '{cue.type}'{did_you_mean(cue.type, banks.cue_types)}")
        return
    yield from _chord_problems(path, cue, banks.cue_types[cue.type])
    low, high = banks.cue_types[cue.type].limits
    if cue.seconds is not None and not cue.force and not low <= cue.seconds <= high:
        nearest = low if cue.seconds < low else high
        yield Problem(
            (*path, "seconds"),
            f"{with_article(cue.type)} cue lasts {low:g} to {high:g} s; the nearest to {cue.seconds:g} is {nearest:g}"
            " (force: true takes it all the same)",
        )
    if cue.pair and not banks.cue_types[cue.type].paired:
        paired_types = [name for name, row in banks.cue_types.items() if row.paired]
        yield Problem(
            (*path, "pair"),
            f"{with_article(cue.type)} does not come as a pair, only {', '.join(paired_types)}; leave pair out",
        )


def _chord_problems(path: KeyPath, cue: CueSpec, row: CueType) -> Iterator[Problem]:
    """Yield chords for sections that no form of the type has. Beats make a form of their own, which only the plan has.

    A long cue repeats sections as `A (2)`. How often, and which sections a short cue loses, only the plan knows; it
    refuses chords for those.
    """
    if not isinstance(cue.chords, dict) or cue.beats or cue.beats_file is not None:
        return
    known = list(dict.fromkeys(section.name for section in (*row.form, *row.long_form)))
    pool = {*known, *ADDED_SECTIONS}
    repeats = [name for name in cue.chords if _REPEAT.sub("", name) in pool]
    yield from key_problems((*path, "chords"), "section", cue.chords, [*known, *ADDED_SECTIONS, *repeats])


def _known_recipes(show: Show, cue: CueSpec | None, banks: Banks) -> list[str]:
    """List the recipes that a cue (None: any cue) of the show may name."""
    styles = {show.style, *(c.style for c in show.cues if c.style)} if cue is None else {cue.style or show.style}
    of_styles: list[str] = []
    for style in sorted(styles):
        try:
            of_styles += load_style(style).recipes
        except CuesmithError:
            continue  # reported at the name of the style
    return [PLAIN, *banks.recipes, *of_styles, *show.recipes]


def _arc_problems(name: str, show: Show, banks: Banks) -> Iterator[Problem]:
    """Yield faults in the arc of a theme."""
    arc = show.themes[name].arc
    if not arc:
        return
    known = [*banks.stages, *_known_recipes(show, None, banks)]
    yield from listed_problems(("themes", name, "arc"), "stage or recipe", arc, known)
    cues = sum(name in show.themes_of(cue, banks.cue_types) for cue in show.cues)
    if cues < len(arc):
        yield Problem(
            ("themes", name, "arc"),
            f"{len(arc)} stages, but only {cues} cues name the theme: a stage needs a cue of its own",
        )


def _theme_use_problems(path: tuple[str | int, ...], cue: CueSpec, show: Show, banks: Banks) -> Iterator[Problem]:
    """Yield faults in `recipe` and `meeting` of a cue."""
    themes = show.themes_of(cue, banks.cue_types)
    if cue.recipe is not None:
        known = _known_recipes(show, cue, banks)
        used = cue.recipe if isinstance(cue.recipe, dict) else {"": cue.recipe}
        for theme, recipe in used.items():
            place = (*path, "recipe", theme) if theme else (*path, "recipe")
            if theme and theme not in themes:
                yield Problem(place, f"the cue has no theme '{theme}'{did_you_mean(theme, themes)}", at_key=True)
            if recipe not in known:
                yield Problem(place, f"unknown recipe '{recipe}'{did_you_mean(recipe, known)}")
        if not themes:
            yield Problem((*path, "recipe"), "the show has no themes for a recipe to change", at_key=True)
    if cue.meeting is not None and len(themes) < 2:
        yield Problem((*path, "meeting"), "only two themes can meet: name two under themes", at_key=True)


def show_from(document: Document, folder: Path | None = None) -> Show:
    """Return the show in a document. Raises SpecError listing every fault with its place.

    folder: where its lists of hits and beats are; None: they are not read.
    """
    show, problems = check(document, Show)
    found = list(problems)
    if show is not None:
        found += _show_problems(show, load_banks())
        if folder is not None:
            show, faults = _with_lists(show, folder)
            found += faults
    if show is None or found:
        raise SpecError("\n".join(problem_lines(document, found)))
    return show


def load_show(name_or_path: str | Path) -> Show:
    """Read a show and check it, together with the styles, hit lists and beat lists that it names.

    Args:
        name_or_path: a name, which is looked for in `presets/` of the working directory, then in the user's folder,
            then among the built-in shows; or the path of a file. Text is a path when it ends in `.yaml` or `.yml` or
            has a slash in it. Files that the show names are looked for beside it.

    Returns:
        The show, with the hits and beats of its lists filled in.

    Raises:
        UsageError: there is no such show or file.
        SpecError: the file is not valid. The message lists every mistake with its line and column.

    Example:
        >>> from cuesmith import load_show
        >>> show = load_show("demo")
        >>> show.title, list(show.themes)
        ('Lanterns over Kisaragi', ['hero', 'home', 'rival'])
    """
    text = str(name_or_path)
    file = Path(text) if isinstance(name_or_path, Path) else find_file("show", text)
    shown = text if isinstance(name_or_path, Path) else shown_name("show", text)
    show = show_from(read_document(file, name=shown), file.parent if isinstance(file, Path) else None)
    return _with_midi_paths(show, file.parent) if isinstance(file, Path) else show


def _with_lists(show: Show, folder: Path) -> tuple[Show, list[Problem]]:
    """Read the hits and beats files of a show; return the show, and what is wrong with the files."""
    cues: list[CueSpec] = []
    faults: list[Problem] = []
    for index, cue in enumerate(show.cues):
        try:
            if cue.hits_file is not None:
                found = read_hits(folder / cue.hits_file, parse_rate(cue.fps), name=cue.hits_file)
                cue = replace(cue, hits=(*cue.hits, *found))
        except CuesmithError as fault:
            faults += [Problem(("cues", index, "hits_file"), line) for line in str(fault).splitlines()]
        try:
            if cue.beats_file is not None:
                cue = with_beats(cue, folder, load_banks())
        except CuesmithError as fault:
            faults += [Problem(("cues", index, "beats_file"), line) for line in str(fault).splitlines()]
        cues.append(cue)
    return replace(show, cues=tuple(cues)), faults


def _with_midi_paths(show: Show, folder: Path) -> Show:
    """Make the paths of the themes' MIDI files relative to the folder of the show."""
    themes = {
        name: replace(theme, midi=replace(theme.midi, path=str(folder / theme.midi.path))) if theme.midi else theme
        for name, theme in show.themes.items()
    }
    return replace(show, themes=themes)
