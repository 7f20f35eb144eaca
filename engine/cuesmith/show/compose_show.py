"""Compose a show: first its themes, then every cue from its brief."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cuesmith.composition.harmony.given_chords import chords_in_brief, key_of_chords
from cuesmith.cue.compose import compose_brief
from cuesmith.cue.cue import Cue
from cuesmith.cue.variants import IN
from cuesmith.motif.model import Theme
from cuesmith.music.timecode import parse_rate
from cuesmith.plan.build import build_plan
from cuesmith.show.album_order import arrange_album
from cuesmith.show.theme_arc import stage_of, theme_forms_of
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import Brief
from cuesmith.specs.load import load_show, load_style
from cuesmith.specs.show import CueSpec, Show, parse_key
from cuesmith.themes.make import make_themes

OUT = "unresolved"  # ending of the first cue of a pair, which leads into the second


@dataclass(frozen=True, slots=True)
class CueSet:
    """A composed show. Frozen.

    Attributes:
        show: what was asked for.
        themes: its leitmotifs by name, as all its cues use them.
        cues: its cues in order, each followed by its variants.
    """

    show: Show
    themes: Mapping[str, Theme]
    cues: tuple[Cue, ...]

    def stage(self, cue: Cue, theme: str) -> str:
        """Return the stage of a theme's arc in one of the cues.

        Args:
            cue: one of `cues`. A variant has the stage of its cue.
            theme: the name of one of `themes`.

        Returns:
            A row of `styles/banks/stages.yaml` or the name of a recipe; empty when the theme has no arc or the cue does
            not name the theme.

        Example:
            >>> from cuesmith import Show, compose_show
            >>> from cuesmith.specs.show import CueSpec, ThemeSpec
            >>> hero = ThemeSpec(character="heroic", arc=("hint", "triumphant"))
            >>> cues = tuple(CueSpec(id=f"M-50{n}", type="eyecatch", themes=("hero",)) for n in (1, 2))
            >>> made = compose_show(Show(title="Two doors", themes={"hero": hero}, cues=cues))
            >>> [made.stage(cue, "hero") for cue in made.cues]
            ['hint', 'triumphant']
        """
        id_ = cue.brief.id.removesuffix(cue.brief.variant)
        spec = next(each for each in self.show.cues if each.id == id_)
        return stage_of(self.show, spec, theme, load_banks().cue_types)


def brief_of(show: Show, cue: CueSpec) -> Brief:
    """Return the brief of one cue of a show, with all defaults filled in and its themes in the form of their stage."""
    banks = load_banks()
    row = banks.cue_types[cue.type]
    themes, theme_forms = theme_forms_of(show, cue, banks)
    return Brief(
        id=cue.id,
        title=cue.title or row.name,
        type=cue.type,
        style=cue.style or show.style,
        seed=show.seed if cue.seed is None else cue.seed,
        seconds=cue.seconds,
        key=parse_key(cue.key) if cue.key else key_of_chords(chords_in_brief(cue.chords)),
        meter=cue.meter or "",
        tempo_bpm=cue.tempo,
        themes=themes,
        theme_forms=theme_forms,
        meeting=cue.meeting,
        recipes=tuple(show.recipes.items()),
        chords=chords_in_brief(cue.chords),
        hits=tuple(hit.hit(parse_rate(cue.fps)) for hit in cue.hits),
        fps=cue.fps,
        force=cue.force,
        feel=cue.feel or "",
        valence=cue.valence,
        arousal=cue.arousal,
        tension=cue.tension,
        beats=tuple(beat.beat() for beat in cue.beats),
        ensemble=cue.ensemble or show.ensemble or "",
        humanize=show.humanize if cue.humanize is None else cue.humanize,
        ending=OUT if cue.pair else cue.ending or "",
    )


def briefs_of(show: Show, themes: Mapping[str, Theme] | None = None) -> tuple[Brief, ...]:
    """Return the brief of every cue in order, each followed by the variants it asks for.

    themes: the themes of the show. With them `album: {order: auto, keys: auto}` is applied; without them cues keep the
        order of the file.
    """
    briefs = tuple(brief_of(show, cue) for cue in show.cues)
    if (show.album.order == "auto" or show.album.planned) and themes is not None:
        banks = load_banks()
        briefs = arrange_album(
            briefs, lambda brief: build_plan(brief, load_style(brief.style), themes, banks), banks.cue_types,
            reorder=show.album.order == "auto", plan_keys=show.album.planned,
            home=next((theme.key for theme in themes.values()), None),
        )  # fmt: skip
    letters = {cue.id: cue.all_variants for cue in show.cues}
    out = []
    for brief in briefs:
        for letter in ("", *letters[brief.id]):
            out.append(replace(brief, variant=letter, ending="" if letter == IN else brief.ending))
    return tuple(out)


def show_themes(show: Show) -> dict[str, Theme]:
    """Make the themes of a show. Raises ComposeError when they are too similar."""
    return make_themes(show.themes, load_style(show.style), load_banks(), show.seed)


def compose_cues(show: Show) -> Iterator[Cue]:
    """Yield the cues of a show one after another, as soon as each is composed."""
    themes = show_themes(show)
    for brief in briefs_of(show, themes):
        yield compose_brief(brief, themes)


def compose_show(show: Show | str | Path) -> CueSet:
    """Compose a whole show: its leitmotifs once, then every cue with its variants.

    Args:
        show: a show from `load_show`; or what `load_show` takes, the path of a file or the name of a show.

    Returns:
        The themes and the cues, in the order of the file or, with `album: {order: auto}`, of the album.

    Raises:
        SpecError: the file, or a style that it names, is not valid. The message lists every mistake with its line.
        UsageError: there is no such file or show.
        ComposeError: a cue or a theme cannot be made, for example because two given themes are too similar.

    Example:
        >>> from cuesmith import Show, compose_show
        >>> from cuesmith.specs.show import CueSpec, ThemeSpec
        >>> cue = CueSpec(id="M-501", type="eyecatch", seconds=4)
        >>> made = compose_show(Show(title="One door", themes={"hero": ThemeSpec(character="heroic")}, cues=(cue,)))
        >>> [(cue.brief.id, cue.seconds) for cue in made.cues], list(made.themes)
        ([('M-501', 4.0)], ['hero'])
    """
    loaded = show if isinstance(show, Show) else load_show(show)
    return CueSet(loaded, show_themes(loaded), tuple(compose_cues(loaded)))
