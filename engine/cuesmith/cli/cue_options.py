"""The options of `cuesmith cue`: types, names and help texts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

StyleOption = Annotated[str, typer.Option("--style", metavar="S", help="Name or file of a style.")]
TypeOption = Annotated[str, typer.Option("--type", metavar="T", help="Kind of cue: see cuesmith types.")]
SecondsOption = Annotated[
    str | None,
    typer.Option("--seconds", metavar="T", help="Time of the last bar line: 72.4, 1:12.4 or 00:01:12:10@24."),
]
SeedOption = Annotated[str, typer.Option("--seed", metavar="N", help="A number or a word: same seed, same music.")]
KeyOption = Annotated[str | None, typer.Option("--key", metavar="K", help="Such as 'D major' or 'A dorian'.")]
MeterOption = Annotated[
    str, typer.Option("--meter", metavar="M", help="Such as 3/4, 7/8(2+2+3) or free (no bars, no pulse).")
]
TempoOption = Annotated[float | None, typer.Option("--tempo", metavar="N", help="Quarter notes per minute, 30 to 260.")]
CharacterOption = Annotated[
    str | None, typer.Option("--character", metavar="C", help="Character of the leitmotif, such as heroic.")
]
RecipeOption = Annotated[
    str | None, typer.Option("--recipe", metavar="R", help="How the leitmotif comes, such as sad, battle or plain.")
]
ChordsOption = Annotated[
    str | None, typer.Option("--chords", metavar="C", help="Such as 'IVM7 V7 | iii7 vi7' or 'GM7 A7 | F#m7 Bm7'.")
]
FeelOption = Annotated[
    str | None, typer.Option("--feel", metavar="F", help="A feeling, such as hopeful: see cuesmith feelings.")
]
ValenceOption = Annotated[float | None, typer.Option("--valence", metavar="N", help="-1 dark to 1 bright.")]
ArousalOption = Annotated[float | None, typer.Option("--arousal", metavar="N", help="0 still to 1 excited.")]
TensionOption = Annotated[float | None, typer.Option("--tension", metavar="N", help="0 at ease to 1 on edge.")]
TitleOption = Annotated[str | None, typer.Option("--title", metavar="T", help="Title of the cue.")]
HitsOption = Annotated[
    Path | None, typer.Option("--hits", metavar="FILE", help="Hit points: .csv (time,note,kind,weight) or .edl.")
]
BeatsOption = Annotated[
    Path | None, typer.Option("--beats", metavar="FILE", help="Beats of the story: .csv (time,note), .edl, .yaml.")
]
FpsOption = Annotated[
    str, typer.Option("--fps", metavar="R", help="Frame rate of timecodes: 23.976, 24, 25, 29.97 (drop) or 30.")
]
ForceOption = Annotated[bool, typer.Option("--force", help="Allow a length outside the limits of the type.")]
OutputOption = Annotated[
    list[Path] | None,
    typer.Option("-o", "--output", metavar="FILE", help="File to write: .mid .json .svg .flac .wav .ogg; repeatable."),
]
SoundfontOption = Annotated[
    Path | None, typer.Option("--soundfont", metavar="FILE", help="Soundfont (.sf2, .sf3) for audio files.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print what was made as JSON.")]
QuietOption = Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing but errors.")]
