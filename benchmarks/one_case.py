"""Measure one case in the process in which it runs: `python one_case.py CASE`. Prints seconds of CPU time and a hash.

It is run as a script, by the interpreter of the commit that is measured. So it uses only what every commit has: the
public names of `cuesmith` and `cuesmith_render`. The hash is that of the result; when it differs between two commits,
they did not do the same work.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

STYLES = ("symphonic", "jazz-rock", "synth", "taiko-koto")
TYPES = ("battle", "main_theme", "march", "transform")
SHOW = """\
title: Benchmark
seed: 1
style: symphonic
themes:
  hero: {character: heroic}
  home: {character: tender}
cues:
  - {id: M-101, type: main_theme, themes: [hero, home], seconds: 60}
  - {id: M-102, type: battle, themes: [hero], seconds: 45}
  - {id: M-103, type: tender, themes: [home], seconds: 45}
  - {id: M-104, type: victory, style: jazz-rock, themes: [hero], seconds: 30}
"""


def first_cue() -> Iterator[bytes]:
    """Import, read style and banks, and compose one minute, with nothing cached."""
    yield b""
    import cuesmith

    yield cuesmith.compose(seconds=60, seed=1).midi()


def compose() -> Iterator[bytes]:
    """Compose cues of four styles and four types. Banks and styles were read before."""
    import cuesmith

    for style in STYLES:
        cuesmith.compose(style=style, type="battle", seed=1000).midi()
    yield b""
    cues = [cuesmith.compose(style=style, type=type_, seed=1) for style in STYLES for type_ in TYPES]
    yield b"".join(cue.midi() for cue in cues)


def show() -> Iterator[bytes]:
    """Compose a show of two themes and four cues."""
    import cuesmith

    cuesmith.compose(seed=1000).midi()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "show.yaml")
        file.write_text(SHOW, "utf-8")
        yield b""
        yield b"".join(cue.midi() for cue in cuesmith.compose_show(file).cues)


def render() -> Iterator[bytes]:
    """Render half a minute of orchestra as stems and a mastered mix. The soundfont was loaded before."""
    import cuesmith
    import cuesmith_render

    cuesmith_render.render(cuesmith.compose(type="eyecatch", seconds=4, seed=1))
    cue = cuesmith.compose(type="battle", seconds=30, seed=1)
    yield b""
    yield cuesmith_render.render(cue).mix.tobytes()


CASES: dict[str, Callable[[], Iterator[bytes]]] = {
    "first cue": first_cue,
    "compose": compose,
    "show": show,
    "render": render,
}
"""Each first yields when it is ready, which is where the clock starts, and then what it made."""


def main() -> None:
    """Measure the case named on the command line."""
    steps = CASES[sys.argv[1]]()
    next(steps)
    start_sec = time.process_time()
    made = next(steps)
    spent_sec = time.process_time() - start_sec
    print(json.dumps({"sec": spent_sec, "made": hashlib.sha256(made).hexdigest()}))


if __name__ == "__main__":
    main()
