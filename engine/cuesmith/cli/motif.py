"""`cuesmith motif`: invent, transform, show and compare leitmotifs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuesmith.cli.guard import guarded
from cuesmith.cli.motif_source import theme_of, theme_of_show
from cuesmith.cli.options import output_files, seed_of
from cuesmith.cli.output import say, say_json, table
from cuesmith.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from cuesmith.export.theme_page import Page
    from cuesmith.motif.model import Theme
    from cuesmith.motif.ops import Result
    from cuesmith.specs.banks.library import Banks
    from cuesmith.themes.judge import Criterion, Wishes

motif = typer.Typer(name="motif", help="Invent, transform, show and compare leitmotifs.", no_args_is_help=True)

Files = Annotated[
    list[Path] | None,
    typer.Option("-o", "--output", metavar="FILE", help="File to write: .mid .yaml .svg .txt; repeatable."),
]
ThemeText = Annotated[str, typer.Argument(metavar="THEME", help="Notes in quotes, a .yaml or .mid file, or SHOW:NAME.")]
KeyOption = Annotated[str | None, typer.Option("--key", metavar="K", help="Such as 'D major' or 'A dorian'.")]
Seed = Annotated[str, typer.Option("--seed", metavar="N", help="A number or a word: same seed, same themes.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


def invent(
    character: Annotated[
        str | None, typer.Option("--character", metavar="C", help="Such as heroic, tender, menacing.")
    ] = None,
    valence: Annotated[
        float | None, typer.Option("--valence", metavar="V", help="Dark -1 .. 1 bright, beside a character or instead.")
    ] = None,
    arousal: Annotated[float | None, typer.Option("--arousal", metavar="A", help="Still 0 .. 1 excited.")] = None,
    seed: Seed = "0",
    count: Annotated[int, typer.Option("-n", "--count", min=1, max=20, metavar="N", help="How many.")] = 1,
    scale: Annotated[str | None, typer.Option("--scale", metavar="S", help="Such as yonanuki_major.")] = None,
    key: KeyOption = None,
    output: Files = None,
    as_json: AsJson = False,
) -> None:
    """Invent distinct themes of a character or a mood; print notes, outline, and the points of every criterion."""
    from cuesmith.chance import stream
    from cuesmith.export.theme_files import notes_of
    from cuesmith.export.theme_page import page_of
    from cuesmith.motif.text import contour_text
    from cuesmith.specs.banks.library import load_banks
    from cuesmith.specs.load import load_style
    from cuesmith.specs.show import ThemeSpec
    from cuesmith.themes.characters import character_at
    from cuesmith.themes.make import make_theme, wishes

    files = _files(output)
    banks = load_banks()
    if scale is not None and scale not in banks.scales:
        raise UsageError(f"unknown scale '{scale}'{did_you_mean(scale, banks.scales)}")
    _check_mood(character, valence, arousal, banks)
    spec = ThemeSpec(character=character or "", valence=valence, arousal=arousal, scale=scale, key=_key(key))
    label, row = character_at(valence, arousal, banks, character or "")
    themes: list[Theme] = []
    for number in range(1, count + 1):
        others = [theme.motif.shape(theme.key) for theme in themes]
        draw = stream(seed_of(seed), "invent", character or "mood", number)
        themes.append(make_theme(f"{label} {number}", spec, load_style("symphonic"), banks, draw, others))
    pages = [page_of(theme, about=f"{theme.form}, {theme.score:g} points") for theme in themes]
    _save(pages, files)
    asked = wishes(row, banks)
    if as_json:
        say_json(
            [
                {
                    "name": theme.name, "character": theme.character, "key": theme.key.name, "scale": theme.scale.name,
                    "meter": str(theme.motif.meter), "form": theme.form, "score": theme.score,
                    "motif": notes_of(theme.motif, page), "notes": notes_of(theme.melody, page),
                    "bridge": notes_of(theme.bridge, page), "chorus": notes_of(theme.chorus, page),
                    "criteria": {row.name: [row.points, row.possible] for row in _criteria(theme, asked)},
                }
                for theme, page in zip(themes, pages, strict=True)
            ]
        )  # fmt: skip
        return
    for theme, page in zip(themes, pages, strict=True):
        say(f"{theme.name}: {theme.key.name}, {theme.scale.name}, {theme.motif.meter}, {theme.form}, {theme.score:g}")
        say(f"  {contour_text(theme.motif, theme.key)}  {notes_of(theme.motif, page)}")
        points = (f"{row.name} {row.points:g}/{row.possible:g}" for row in _criteria(theme, asked) if row.points != 0)
        say(f"  {'; '.join(points)}")
    _say_files(files)


def transform(
    theme: ThemeText,
    op: Annotated[list[str] | None, typer.Option("--op", metavar="OP", help="Such as sequence:+2; repeatable.")] = None,
    recipe: Annotated[str | None, typer.Option("--recipe", metavar="R", help="Such as sad, battle, comedy.")] = None,
    whole: Annotated[bool, typer.Option("--whole", help="Transform all eight bars, not just the idea.")] = False,
    key: KeyOption = None,
    output: Files = None,
    as_json: AsJson = False,
) -> None:
    """Transform a theme by operations or by a recipe, and print how recognisable it still is."""
    from cuesmith.export.theme_files import notes_of
    from cuesmith.export.theme_page import Page
    from cuesmith.motif.ops import apply_ops
    from cuesmith.specs.banks.library import load_banks
    from cuesmith.themes.recipe import apply_recipe, recipe_ops

    files = _files(output)
    source = theme_of(theme, key=_key(key))
    recipes = load_banks().recipes
    texts = tuple(op or ())
    if (recipe is None) == (not texts):
        raise UsageError("say what to do: --op NAME (repeatable) or --recipe NAME, one of the two")
    melody = source.melody if whole else source.motif
    if recipe is not None:
        if recipe not in recipes:
            raise UsageError(f"unknown recipe '{recipe}'{did_you_mean(recipe, recipes)}")
        texts = recipe_ops(recipes[recipe], source.key, placed=True)
        transformed = apply_recipe(melody, recipes[recipe], source.key, source.scale, placed=True)
        result, second = transformed.line, transformed.accompaniment
    else:
        try:
            result, second = apply_ops(melody, texts, source.key, source.scale), None
        except ValueError as fault:
            raise UsageError(str(fault)) from None
    about = recipe or ", ".join(texts)
    voices = result.voices + (second.voices if second else ())
    page = Page(f"{source.name} ({about})", voices, result.key, source.octave, source.character)
    _save([page], files)
    if as_json:
        say_json({"theme": source.name, "ops": list(texts), "recipe": recipe, **_result_data(result, page)})
        return
    say(f"{source.name}: {' '.join(texts)} → {result.key.name}, identity {result.identity:.2f} ({_level(result)})")
    for number, voice in enumerate(voices, 1):
        say(f"  {f'voice {number}: ' if len(voices) > 1 else ''}{notes_of(voice, page)}")
    _say_files(files)


def show(
    file: Annotated[str, typer.Argument(metavar="SHOW", help="A show: the path of a .yaml file, or a name.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of one of its themes.")],
    output: Files = None,
    as_json: AsJson = False,
) -> None:
    """Show one theme of a show: its key, form and all its notes."""
    from cuesmith.export.explain import theme_data
    from cuesmith.export.theme_files import pages_text
    from cuesmith.export.theme_page import page_of

    files = _files(output)
    theme = theme_of_show(file, name)
    page = page_of(theme)
    _save([page], files)
    if as_json:
        say_json(theme_data(theme))
    else:
        say(pages_text([page]).rstrip())
        _say_files(files)


def compare(first: ThemeText, second: ThemeText, as_json: AsJson = False) -> None:
    """Compare the ideas of two themes: rhythm, contour, intervals, and the identity calculated from them."""
    from cuesmith.motif.identity import DISTINCT, STATEMENT, likeness

    a, b = theme_of(first), theme_of(second)
    found = likeness(a.motif.shape(a.key), b.motif.shape(b.key))
    if as_json:
        say_json({"identity": round(found.identity, 4), **{k: round(v, 4) for k, v in found._asdict().items()}})
        return
    say(table(("part", "alike", "weight"), [
        ("rhythm", f"{found.rhythm:.2f}", "0.45"), ("contour", f"{found.contour:.2f}", "0.40"),
        ("interval", f"{found.interval:.2f}", "0.15"),
    ]))  # fmt: skip
    value = found.identity
    verdict = "one is heard as the other" if value >= STATEMENT else "related" if value > DISTINCT else "distinct"
    say(f"identity {value:.2f}: {verdict}")


for _command in (invent, transform, show, compare):
    motif.command()(guarded(_command))


def _check_mood(character: str | None, valence: float | None, arousal: float | None, banks: Banks) -> None:
    """Raise UsageError for an unknown character, for numbers out of range, and when no option is given at all."""
    if character is None and valence is None and arousal is None:
        raise UsageError("say what the theme is like: --character NAME, or --valence and --arousal")
    if character is not None and character not in banks.characters:
        meant = [name for name, row in banks.characters.items() if character.lower() in row.words]
        hint = f"; did you mean '{meant[0]}'?" if meant else did_you_mean(character, banks.characters)
        raise UsageError(f"unknown character '{character}'{hint}")
    for name, value, low in (("valence", valence, -1), ("arousal", arousal, 0)):
        if value is not None and not low <= value <= 1:
            raise UsageError(f"--{name} {value:g} is out of range: {low} to 1")


def _key(text: str | None) -> str | None:
    from cuesmith.specs.show import parse_key

    if text is not None:
        try:
            parse_key(text)
        except ValueError as fault:
            raise UsageError(f"--key {fault}") from None
    return text


def _files(paths: list[Path] | None) -> tuple[Path, ...]:
    from cuesmith.export.theme_files import ENDINGS

    return output_files(paths, ENDINGS) if paths else ()


def _save(pages: list[Page], files: tuple[Path, ...]) -> None:
    from cuesmith.export.theme_files import save_pages

    for path in files:
        save_pages(pages, path)


def _say_files(files: tuple[Path, ...]) -> None:
    for path in files:
        say(f"  file  {path}")


def _criteria(theme: Theme, wishes: Wishes) -> tuple[Criterion, ...]:
    from cuesmith.themes.judge import judge_theme

    return judge_theme(theme.motif, theme.melody, theme.key, wishes)


def _level(result: Result) -> str:
    from cuesmith.motif.identity import DEVELOPMENT, STATEMENT

    value = result.identity
    return "a statement" if value >= STATEMENT else "a development" if value >= DEVELOPMENT else "no longer the motif"


def _result_data(result: Result, page: Page) -> dict[str, object]:
    from cuesmith.export.theme_files import notes_of

    return {
        "names": list(result.names),
        "identity": round(result.identity, 4),
        "level": _level(result),
        "key": result.key.name,
        "voices": [notes_of(voice, page) for voice in page.voices],
    }
