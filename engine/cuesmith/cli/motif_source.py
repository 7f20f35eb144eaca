"""Read the THEME argument of the command line: notes as text, a .yaml or .mid file, or SHOW:NAME."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cuesmith.errors import UsageError, did_you_mean
from cuesmith.motif.model import Theme

FORMS = "notes ('D4:1.5 F#4:.5 A4:2'), a .yaml or .mid file, or SHOW:NAME (demo:hero, my-show.yaml:hero)"


def theme_of(text: str, *, key: str | None = None) -> Theme:
    """Return the theme that a command-line argument names.

    key: the key of notes or of a MIDI file, when it should not be guessed.

    Raises UsageError when the text has none of the forms or names something that does not exist, SpecError for an
    invalid file.
    """
    from cuesmith.motif.text import looks_like_notes

    suffix = Path(text).suffix.lower()
    if looks_like_notes(text):
        return _given("theme", key, notes=text)
    if suffix in (".mid", ".midi"):
        return _given(Path(text).stem, key, midi=text)
    if suffix in (".yaml", ".yml"):
        return _from_file(text, None)
    source, colon, name = text.rpartition(":")
    if not colon:
        raise UsageError(f"'{text}' is not a theme; give {FORMS}")
    if source.lower().endswith((".yaml", ".yml")):
        return _from_file(source, name)
    return theme_of_show(source, name)


def theme_of_show(show: str, name: str) -> Theme:
    """Return a theme of a show, as its cues use it. Raises UsageError when the show has no such theme."""
    from cuesmith.show.compose_show import show_themes
    from cuesmith.specs.load import load_show

    themes = show_themes(load_show(show))
    if name not in themes:
        raise UsageError(f"{show} has no theme '{name}'{did_you_mean(name, themes)}")
    return themes[name]


def _given(name: str, key: str | None, *, notes: str | None = None, midi: str | None = None) -> Theme:
    from cuesmith.chance import stream
    from cuesmith.motif.text import read_notes
    from cuesmith.specs.banks.library import load_banks
    from cuesmith.specs.show import MidiSource, ThemeSpec
    from cuesmith.themes.given_theme import theme_from_given

    if notes is not None:
        try:
            read_notes(notes)
        except ValueError as fault:
            raise UsageError(f"the notes of the theme: {fault}") from None
    spec = ThemeSpec(character="given", notes=notes, midi=MidiSource(path=midi) if midi else None, key=key)
    return theme_from_given(name, spec, load_banks().scales, stream(0, "theme", name))


def _from_file(file: str, name: str | None) -> Theme:
    """Return a theme of a file with themes, or of a show. Without a name the file must have exactly one."""
    from cuesmith.chance import stream
    from cuesmith.specs.banks.library import load_banks
    from cuesmith.specs.load import load_style
    from cuesmith.specs.show import ThemeSpec
    from cuesmith.specs.yaml.document import read_document
    from cuesmith.specs.yaml.validate import validate
    from cuesmith.themes.given_theme import theme_from_given
    from cuesmith.themes.make import make_theme

    document = read_document(Path(file))
    data = document.data
    known = data.get("themes") if isinstance(data, dict) else None
    if not isinstance(known, dict) or not known:
        raise UsageError(f"{file}: there are no themes in this file; it needs 'themes:' as a show has")
    if name is None:
        if len(known) > 1:
            raise UsageError(f"{file} has {len(known)} themes; name one: {file}:{next(iter(known))}")
        name = str(next(iter(known)))
    if name not in known:
        raise UsageError(f"{file} has no theme '{name}'{did_you_mean(name, known)}")
    if isinstance(data, dict) and "cues" in data:
        return theme_of_show(file, name)
    spec = validate(document, dict[str, dict[str, ThemeSpec]])["themes"][name]
    banks, draw = load_banks(), stream(0, "theme", name, 0)
    if spec.scale is not None and spec.scale not in banks.scales:
        raise UsageError(f"{file}: unknown scale '{spec.scale}'{did_you_mean(spec.scale, banks.scales)}")
    if spec.given:
        return theme_from_given(name, spec, banks.scales, draw, folder=Path(file).parent)
    if spec.character and spec.character not in banks.characters:
        hint = did_you_mean(spec.character, banks.characters)
        raise UsageError(f"{file}: unknown character '{spec.character}'{hint}")
    return replace(make_theme(name, spec, load_style("symphonic"), banks, draw), name=name)
