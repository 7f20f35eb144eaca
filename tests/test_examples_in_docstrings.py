"""Every function of the library API has an example in its docstring, and the example runs."""

from __future__ import annotations

import doctest
import importlib
from functools import reduce

import pytest

# Module: names of functions, or of classes and their methods (`Audio.save`).
API = {
    "cuesmith.motif.combine": "best_canon bass_over_pads blocking canon dialogue drone_quotation",
    "cuesmith.motif.identity": "identity likeness",
    "cuesmith.motif.midifile": "read_melody",
    "cuesmith.motif.ops": "apply_ops parse_op parse_ops",
    "cuesmith.motif.ornament": "ornament",
    "cuesmith.motif.text": "contour_text degrees_text notes_text read_degrees read_notes",
    "cuesmith.motif.transform": (
        "augmentation compression diminution displacement expansion fragmentation head_swap inversion liquidation"
        " mode_change ostinato real_transposition register change_meter retrograde sequence sequences tail_swap"
    ),
    "cuesmith.themes.song": "song",
    "cuesmith_render.audio": "Audio.frames Audio.mix Audio.save Audio.save_stems render",
}
EXAMPLES = [(module, name) for module, names in API.items() for name in names.split()]


@pytest.mark.parametrize(("module", "name"), EXAMPLES)
def test_the_example_runs(module: str, name: str) -> None:
    home = importlib.import_module(module)
    documented: object = reduce(getattr, name.split("."), home)
    test = doctest.DocTestParser().get_doctest(documented.__doc__ or "", dict(vars(home)), name, module, None)
    assert test.examples, "the docstring has no example"
    report: list[str] = []
    result = doctest.DocTestRunner().run(test, out=report.append)
    assert not result.failed, "".join(report)
