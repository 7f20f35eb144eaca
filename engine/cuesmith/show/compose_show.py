"""Show → cue set: the themes once, then every cue with its brief."""

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
from cuesmith.show.album_order import arranged
from cuesmith.show.theme_arc import stage_of, theme_forms_of
from cuesmith.specs.banks.library import load_banks
from cuesmith.specs.brief import Brief
from cuesmith.specs.load import load_show, load_style
from cuesmith.specs.show import CueSpec, Show, parse_key
from cuesmith.themes.make import make_themes

OUT = "unresolved"  # how the first of a pair ends: it leads out


@dataclass(frozen=True, slots=True)
class CueSet:
    """A composed show: its themes by name and its cues in the order of the file."""

    show: Show
    themes: Mapping[str, Theme]
    cues: tuple[Cue, ...]

    def stage(self, cue: Cue, theme: str) -> str:
        """Where a theme stands in its story in one of the cues; variants stand where their cue does. Empty: nowhere."""
        id_ = cue.brief.id.removesuffix(cue.brief.variant)
        spec = next(each for each in self.show.cues if each.id == id_)
        return stage_of(self.show, spec, theme, load_banks().cue_types)


def brief_of(show: Show, cue: CueSpec) -> Brief:
    """The brief of one cue of a show, every default filled in, its themes as their stories have them there."""
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
    """Every cue of the show in order, each followed by the variants it asks for.

    themes: those of the show; with them `album: {order: auto, keys: auto}` is followed, without them the file.
    """
    briefs = tuple(brief_of(show, cue) for cue in show.cues)
    if (show.album.order == "auto" or show.album.planned) and themes is not None:
        banks = load_banks()
        briefs = arranged(
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
    """The themes of a show. Raises ComposeError when they cannot be kept apart."""
    return make_themes(show.themes, load_style(show.style), load_banks(), show.seed)


def compose_cues(show: Show) -> Iterator[Cue]:
    """The cues of a show one after another, as they are composed."""
    themes = show_themes(show)
    for brief in briefs_of(show, themes):
        yield compose_brief(brief, themes)


def compose_show(show: Show | str | Path) -> CueSet:
    """Compose a whole show (or the show of a file or name). Raises SpecError, ComposeError."""
    loaded = show if isinstance(show, Show) else load_show(show)
    return CueSet(loaded, show_themes(loaded), tuple(compose_cues(loaded)))
