"""Fixtures: a tiny show, and its album rendered once with the embedded soundfont for all tests that only read it."""

from __future__ import annotations

import pytest

from cuesmith.specs.show import AlbumSpec, CueSpec, Show, ThemeSpec
from cuesmith_render.album import AlbumReport, render_album
from cuesmith_render.fluid.discover import Soundfont

EVIL = "</title><script>document.title='evil'</script> \"Réveil\" & 灯籠 🏮 'x'"


@pytest.fixture(scope="session")
def tiny_show() -> Show:
    """Two short cues; the second has a title that would break a page without escaping."""
    return Show(
        title="Tiny & <b>bold</b>",
        seed=7,
        about="Two cues <i>only</i>.",
        themes={"hero": ThemeSpec(character="heroic", key="D major"), "rival": ThemeSpec(character="menacing")},
        cues=(
            CueSpec(id="M-501", title="Eyecatch", type="eyecatch", themes=("hero",), seconds=5),
            CueSpec(id="M-502", title=EVIL, type="stinger", style="taiko-koto", themes=("rival",), seconds=3),
        ),
        album=AlbumSpec(artist="Ensemble", year=2026, genre="Soundtrack", comment="for tests"),
    )


@pytest.fixture(scope="session")
def album(tiny_show: Show, embedded_font: Soundfont, tmp_path_factory: pytest.TempPathFactory) -> AlbumReport:
    """The album of the tiny show, made in this process. Tests must not change its files."""
    return render_album(tiny_show, tmp_path_factory.mktemp("album") / "out", jobs=1, soundfont=embedded_font.path)
