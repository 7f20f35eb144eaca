"""A style of your own: the same cue in a built-in style and in a small YAML file that extends it."""

from pathlib import Path

import cuesmith

STYLE = Path(__file__).with_name("own_style.yaml")

# A name that ends in .yaml is a path. A file styles/tugboat.yaml in the current folder would be found as "tugboat".
style = cuesmith.load_style(STYLE)
print(f"{style.title}: {style.about}")

# Same seed, other style: what differs is what the file changes.
for name, label in (("synth", "before"), (str(STYLE), "after")):
    cue = cuesmith.compose(style=name, type="daily", seconds=45, seed=7)
    cue.save(f"{label}.mid")
    cue.save(f"{label}.svg")  # look at both: density, register, who leads
    plan = cue.score.plan
    leads = sorted({part.name for part in cue.score.parts if part.role == "lead"})
    print(
        f"{label:6} {plan.key.name}, {plan.sections[0].meter}, {plan.tempo.bpm(0):.0f} bpm, led by {', '.join(leads)}"
    )

# Next steps: docs/styles.md, and on the command line `cuesmith check own_style.yaml`.
