"""One cue for a boss fight: MIDI for the DAW, a picture of it, and the reasons for what was written."""

import cuesmith

# The same arguments give the same bytes on every machine, so a seed is all you need to keep.
cue = cuesmith.compose(
    style="taiko-koto",  # `cuesmith styles` lists all of them
    type="battle",  # `cuesmith types` lists what kinds of cue there are, and how long they may be
    seconds=40,  # the last bar line is exactly here; sound rings on after it
    seed=7,
    character="heroic",  # of the leitmotif that Cuesmith invents for this cue
)

cue.save("boss.mid")  # one track per part, tempo map, markers
cue.save("boss.svg")  # a piano-roll: open it in a browser
cue.save("boss.json")  # form, chords, statements of the theme, parts

plan = cue.score.plan
print(f"{cue.title}: {plan.key.name}, {plan.bars} bars, {cue.seconds:g} s, {len(cue.score.parts)} parts")
for section in plan.sections:
    start = plan.tempo.seconds(section.start)
    print(f"  {start:5.1f} s  {section.name:6} {section.treatment:12} level {section.level} of 4")

# Where the leitmotif is heard, what was done to it, and how recognisable it still is (1 = unchanged).
for statement in cue.score.statements()[:3]:
    done = ", ".join(statement.ops) or "unchanged"
    print(f"  {statement.part} plays the theme in {statement.section}: {done}, identity {statement.identity:.2f}")
