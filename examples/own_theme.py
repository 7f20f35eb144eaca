"""A melody of your own as leitmotif: two bars that you give, and cues that are made of them."""

from pathlib import Path

import cuesmith

# Pitch:length in quarter notes, | between bars. C4 is middle C. Scale degrees work too: "1:1.5 5:.5 2':2".
# Instead of notes you may name a MIDI file: {midi: {path: melody.mid, track: 1, bars: [1, 4]}}
SHOW = """
title: My own tune
seed: 3
style: chamber-piano
themes:
  mine: {notes: "E4:1.5 G4:.5 B4:1 A4:1 | G4:.5 F#4:.5 E4:1 B3:2", key: E minor}
cues:
  - {id: M-201, title: Remembered, type: tender, themes: [mine], seconds: 32}
  - {id: M-202, title: Lost, type: sad, themes: [mine], recipe: farewell, seconds: 32}
  - {id: M-901, title: At last, type: victory, style: symphonic, themes: [mine], seconds: 20}
"""
Path("my-tune.yaml").write_text(SHOW, encoding="utf-8")

made = cuesmith.compose_show("my-tune.yaml")

# Two bars were given. Eight bars, a bridge and a chorus were developed from them.
theme = made.themes["mine"]
print(f"{theme.key.name}, {theme.form}: {len(theme.motif.notes)} notes given, {len(theme.melody.notes)} in eight bars")

for cue in made.cues:
    cue.save(f"{cue.file_stem}.mid")
    best = max(cue.score.statements(), key=lambda statement: statement.identity)
    # identity: how recognisable the melody is, from 0 to 1; from 0.70 on it is heard as the same theme
    print(f"{cue.title}: {len(cue.score.statements())} statements, the clearest {best.identity:.2f} ({best.part})")
