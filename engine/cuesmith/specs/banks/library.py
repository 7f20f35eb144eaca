"""Load the banks: every table of styles/banks as frozen records, with references checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from cuesmith.errors import did_you_mean
from cuesmith.music.scale import MODES, Scale
from cuesmith.specs.banks.codas import Coda, coda_problems
from cuesmith.specs.banks.cue_types import THEME_WORDS, CueType
from cuesmith.specs.banks.drum_roles import DrumRoles, drum_problems, drum_roles
from cuesmith.specs.banks.feelings import Feeling, feeling_problems
from cuesmith.specs.banks.fields import check_meters
from cuesmith.specs.banks.free_strokes import FreeStrokes
from cuesmith.specs.banks.groove_cells import GrooveCells, cell_problems
from cuesmith.specs.banks.harmony import (
    Cadence,
    HarmonicRhythm,
    Modulation,
    Palette,
    Progression,
    Spelling,
    Substitution,
    cue_problems,
)
from cuesmith.specs.banks.instruments import Instrument, instrument_problems
from cuesmith.specs.banks.like import (
    complete_rows,
    fill_rhythms,
    fill_rules,
    fill_spellings,
    fill_weights,
    like_problems,
    models_of,
)
from cuesmith.specs.banks.percussion import DrumGroup, DrumVoice, Groove, Kit
from cuesmith.specs.banks.rules import FAMILIES, Rule, rule_problems
from cuesmith.specs.banks.stagings import Staging, staging_problems
from cuesmith.specs.banks.textures import Texture
from cuesmith.specs.banks.themes import (
    PLAIN,
    Character,
    Contour,
    Recipe,
    RhythmCell,
    ScaleRow,
    Stage,
    Upbeat,
    WellKnown,
)
from cuesmith.specs.banks.treatments import Treatment, Treatments, treatment_problems
from cuesmith.specs.banks.voicings import VoicingBank
from cuesmith.specs.brief import FORCED_LIMITS
from cuesmith.specs.yaml.document import Document, read_document
from cuesmith.specs.yaml.known_names import key_problems, listed_problems, weight_problems
from cuesmith.specs.yaml.place import KeyPath, Problem
from cuesmith.specs.yaml.validate import raise_problems, validate

Rows = TypeVar("Rows")


@dataclass(frozen=True, eq=False)  # compared by identity, so that results can be cached by it
class Banks:
    """Every table as id → row, in file order."""

    scales: Mapping[str, Scale]
    progressions: Mapping[str, Progression]
    cells: Mapping[str, RhythmCell]
    upbeats: Mapping[str, Upbeat]
    contours: Mapping[str, Contour]
    characters: Mapping[str, Character]
    grooves: Mapping[str, Groove]
    groove_cells: Mapping[str, GrooveCells]
    free_strokes: Mapping[str, FreeStrokes]
    kits: Mapping[str, Kit]
    drums: Mapping[str, DrumVoice]
    drum_roles: Mapping[DrumGroup, DrumRoles]
    instruments: Mapping[str, Instrument]
    treatments: Mapping[str, Treatment]
    stagings: Mapping[str, Staging]
    cue_types: Mapping[str, CueType]
    codas: Mapping[str, Coda]
    textures: Mapping[str, Texture]
    deny_list: Mapping[str, WellKnown]
    recipes: Mapping[str, Recipe]
    stages: Mapping[str, Stage]
    spellings: Mapping[str, Spelling]
    cadences: Mapping[str, Cadence]
    substitutions: Mapping[str, Substitution]
    modulations: Mapping[str, Modulation]
    harmonic_rhythms: Mapping[str, HarmonicRhythm]
    palettes: Mapping[str, Palette]
    rules: Mapping[str, Rule]
    voicings: VoicingBank
    feelings: Mapping[str, Feeling]


@cache
def load_banks() -> Banks:
    """Return the banks that ship with Cuesmith; they are read once, later calls return the same object."""
    return read_banks(files("cuesmith.styles.banks"))


def read_banks(folder: Path | Traversable) -> Banks:
    """Read and check a folder of banks.

    Raises SpecError with the faults of the first faulty table (invalid rows, unknown names), each with its place;
    UsageError when a table is missing.
    """

    def table(name: str, rows: type[Rows], problems: Callable[[Rows], Iterable[Problem]] = _no_problems) -> Rows:
        return _checked(_document(folder, name), rows, problems)

    scales = table("scales", dict[str, ScaleRow])
    cells = table("rhythm_cells", dict[str, RhythmCell])
    contours = table("contours", dict[str, Contour])
    kits = table("kits", dict[str, Kit])
    drums = table("drums", dict[str, DrumVoice], drum_problems)
    instruments = table("instruments", dict[str, Instrument], instrument_problems)
    grooves = table("grooves", dict[str, Groove], lambda rows: _groove_problems(rows, kits, drums))
    recipes = table("recipes", dict[str, Recipe], lambda rows: recipe_problems((), rows, instruments))
    treatments = table("treatments", dict[str, Treatment], treatment_problems)
    cue_types = _cue_types(folder, recipes, grooves, treatments)
    models = models_of(cue_types)
    of_cues = partial(cue_problems, cue_types=cue_types)

    return Banks(
        scales={name: row.scale(name) for name, row in scales.items()},
        progressions=fill_weights(
            table("progressions", dict[str, Progression], lambda rows: _progression_problems(rows, cue_types)), models
        ),
        cells=cells,
        upbeats=table("upbeats", dict[str, Upbeat]),
        contours=contours,
        characters=table(
            "characters",
            dict[str, Character],
            lambda rows: _character_problems(rows, scales, cells, contours, cue_types),
        ),
        grooves=grooves,
        groove_cells=table(
            "groove_cells", dict[str, GrooveCells], lambda rows: cell_problems(rows, grooves, kits, drums)
        ),
        free_strokes=table("free_strokes", dict[str, FreeStrokes], lambda rows: _stroke_problems(rows, drums)),
        kits=kits,
        drums=drums,
        drum_roles=drum_roles(drums),
        instruments=instruments,
        treatments=treatments,
        stagings=fill_weights(
            table(
                "stagings", dict[str, Staging], lambda rows: staging_problems(rows, instruments, FAMILIES, cue_types)
            ),
            models,
        ),
        cue_types=cue_types,
        codas=fill_weights(table("codas", dict[str, Coda], lambda rows: coda_problems(rows, cue_types)), models),
        textures=table("textures", dict[str, Texture]),
        deny_list=table("deny_list", dict[str, WellKnown]),
        recipes=recipes,
        stages=table("stages", dict[str, Stage], lambda rows: _stage_problems(rows, recipes)),
        spellings=fill_spellings(table("spellings", dict[str, Spelling], of_cues), models),
        cadences=fill_weights(table("cadences", dict[str, Cadence], of_cues), models),
        substitutions=fill_weights(table("substitutions", dict[str, Substitution], of_cues), models),
        modulations=table("modulations", dict[str, Modulation]),
        harmonic_rhythms=fill_rhythms(table("harmonic_rhythms", dict[str, HarmonicRhythm], of_cues), models),
        palettes=fill_weights(table("palettes", dict[str, Palette], of_cues), models),
        rules=fill_rules(table("rules", dict[str, Rule], lambda rows: rule_problems(rows, cue_types)), models),
        voicings=table("voicings", VoicingBank, _voicing_problems),
        feelings=table("feelings", dict[str, Feeling], lambda rows: feeling_problems(rows, recipes)),
    )


def _document(folder: Path | Traversable, name: str) -> Document:
    """Read a table."""
    return read_document(folder / f"{name}.yaml", name=f"styles/banks/{name}.yaml")


def _checked(document: Document, rows: type[Rows], problems: Callable[[Rows], Iterable[Problem]]) -> Rows:
    """Validate a table and check its references. Raises SpecError."""
    rows_read = validate(document, rows)
    raise_problems(document, list(problems(rows_read)))
    return rows_read


def _no_problems(rows: object) -> Iterable[Problem]:
    """Check nothing."""
    return ()


def _cue_types(
    folder: Path | Traversable, recipes: Iterable[str], grooves: Mapping[str, Groove], treatments: Treatments
) -> dict[str, CueType]:
    """Read the cue types; complete those that are like another."""
    document = _document(folder, "cue_types")
    raise_problems(document, list(like_problems(document)))
    return _checked(
        complete_rows(document), dict[str, CueType], lambda rows: _cue_type_problems(rows, recipes, grooves, treatments)
    )


def _cue_type_problems(
    rows: Mapping[str, CueType], recipes: Iterable[str], grooves: Mapping[str, Groove], treatments: Treatments
) -> Iterator[Problem]:
    """Yield unknown names, modes and meters in cue types."""
    known = [PLAIN, *recipes]
    uses = sorted({tag for groove in grooves.values() for tag in groove.tags} - set(FAMILIES))
    for id_, row in rows.items():
        yield from key_problems((id_, "recipes"), "recipe", row.recipes, known)
        yield from listed_problems((id_, "grooves"), "use of grooves", row.grooves, uses)
        for form in ("form", "long_form"):
            for number, section in enumerate(getattr(row, form)):
                if isinstance(section.theme, str) and section.theme not in THEME_WORDS:
                    guess = did_you_mean(section.theme, THEME_WORDS)
                    yield Problem((id_, form, number, "theme"), f"unknown theme '{section.theme}'{guess}")
                if section.treatment not in treatments:
                    guess = did_you_mean(section.treatment, treatments)
                    yield Problem((id_, form, number, "treatment"), f"unknown treatment '{section.treatment}'{guess}")
        yield from key_problems((id_, "modes"), "mode", row.modes, MODES)
        for field in ("meters", "modes"):
            yield from weight_problems((id_, field), getattr(row, field), empty=False)
        yield from weight_problems((id_, "recipes"), row.recipes)
        yield from _length_problems(id_, row)
        for text in row.meters:
            try:
                check_meters(text)
            except ValueError as fault:
                yield Problem((id_, "meters", text), str(fault), at_key=True)
        names = [section.name for section in row.form]
        for number, shape in enumerate(row.shapes):
            yield from key_problems((id_, "shapes", number, "bars"), "section", shape.bars, names)
            yield from listed_problems((id_, "shapes", number, "order"), "section", shape.order, names)


def _length_problems(id_: str, row: CueType) -> Iterator[Problem]:
    """Yield lengths of a cue type that lie outside its limits."""
    low, high = row.limits
    shortest, longest = FORCED_LIMITS
    if not shortest <= low <= high <= longest:
        yield Problem((id_, "limits"), f"{low:g} to {high:g} s; a cue lasts {shortest:g} to {longest:g} s")
    if not low <= row.default_seconds <= high:
        limits = f"outside the limits of {low:g} to {high:g} s"
        yield Problem((id_, "default_seconds"), f"{row.default_seconds:g} s is {limits}; change one of them")


def _progression_problems(rows: Mapping[str, Progression], cue_types: Iterable[str]) -> Iterator[Problem]:
    """Yield unknown cue types."""
    known = list(cue_types)
    for id_, row in rows.items():
        yield from key_problems((id_, "cues"), "cue type", row.cues, known)


def _character_problems(
    rows: Mapping[str, Character],
    scales: Iterable[str],
    cells: Iterable[str],
    contours: Iterable[str],
    cue_types: Iterable[str],
) -> Iterator[Problem]:
    """Yield unknown scales, rhythm cells, contours and cue types."""
    types = list(cue_types)
    for id_, row in rows.items():
        yield from key_problems((id_, "scales"), "scale", row.scales, scales)
        yield from key_problems((id_, "cells"), "rhythm cell", row.cells, cells)
        yield from key_problems((id_, "contours"), "contour", row.contours, contours)
        yield from listed_problems((id_, "not_for"), "cue type", row.not_for, types)


def _groove_problems(rows: Mapping[str, Groove], kits: Iterable[str], drums: Iterable[str]) -> Iterator[Problem]:
    """Yield unknown kits and drum voices."""
    kit_names = list(kits)
    for id_, row in rows.items():
        if row.kit not in kit_names:
            yield Problem((id_, "kit"), f"unknown kit '{row.kit}'{did_you_mean(row.kit, kit_names)}")
        yield from key_problems((id_, "rows"), "drum voice", row.rows, drums)
        yield from key_problems((id_, "fill"), "drum voice", row.fill, drums)


def _stroke_problems(rows: Mapping[str, FreeStrokes], drums: Iterable[str]) -> Iterator[Problem]:
    """Yield unknown drum voices."""
    known = list(drums)
    for id_, row in rows.items():
        yield from listed_problems((id_, "strokes"), "drum voice", row.voices, known)


def recipe_problems(
    path: KeyPath, rows: Mapping[str, Recipe], instruments: Mapping[str, Instrument]
) -> Iterator[Problem]:
    """Yield unknown instrument families, and recipes named PLAIN. path: where the recipes are in their file."""
    known = sorted({instrument.family for instrument in instruments.values()})
    for id_, row in rows.items():
        if id_ == PLAIN:
            yield Problem((*path, id_), f"'{PLAIN}' means a theme as it is; call the recipe otherwise", at_key=True)
        yield from listed_problems((*path, id_, "families"), "family of instruments", row.families, known)


def _stage_problems(rows: Mapping[str, Stage], recipes: Iterable[str]) -> Iterator[Problem]:
    """Yield unknown recipes."""
    known = [PLAIN, *recipes]
    for id_, row in rows.items():
        if row.recipe is not None and row.recipe not in known:
            yield Problem((id_, "recipe"), f"unknown recipe '{row.recipe}'{did_you_mean(row.recipe, known)}")


def _voicing_problems(bank: VoicingBank) -> Iterator[Problem]:
    """Yield unknown templates."""
    for family, row in bank.families.items():
        yield from listed_problems(("families", family, "templates"), "template", row.templates or (), bank.templates)
