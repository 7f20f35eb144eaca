"""A whole show: every cue of a YAML file as MIDI, all of them made of the same leitmotifs."""

from pathlib import Path

import cuesmith

# Mistakes in the file are reported all at once, each with its line.
try:
    show = cuesmith.load_show(Path(__file__).with_name("a_show.yaml"))
except cuesmith.SpecError as mistakes:
    raise SystemExit(str(mistakes)) from None

made = cuesmith.compose_show(show)

out = Path("salt-and-lanterns")
for cue in made.cues:
    path = cue.save(out / f"{cue.file_stem}.mid")  # the folder is made if it is missing
    themes = {statement.theme for statement in cue.score.statements()}
    print(f"{cue.brief.id:6} {cue.seconds:5.1f} s  {', '.join(sorted(themes)):12} {path.name}")

# Where each theme stands in its story in a cue, as `arc` in the file says.
last = made.cues[-1]
print(f"in {last.title} the diver's theme is at the stage '{made.stage(last, 'diver')}'")

# For audio and a page that plays it, use the command: cuesmith album a_show.yaml -o album
