"""The columns of the table: which measure, which line of the plan it belongs to, the goal, and where people are.

What a measure is exactly, its function's docstring says; `--definitions` prints them. `earlier` is the figure found by
another program before this one was written; where definitions differ it need not be met.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from tests.critic.craft import feeling, form, groove, returns, texture, tune
from tests.critic.craft.heard import Heard

HUMAN = Path(__file__).with_name("human.yaml")


class Column(NamedTuple):
    """A measure of one cue. subject: heading; goal and earlier as text; human: the feature of human.yaml."""

    measure: Callable[[Heard], float | None]
    subject: str
    goal: str = ""
    earlier: str = ""
    human: str = ""

    @property
    def name(self) -> str:
        """The name of the function that measures it."""
        return self.measure.__name__

    @property
    def definition(self) -> str:
        """What it is, in one paragraph."""
        return " ".join((self.measure.__doc__ or "").split())


COLUMNS: tuple[Column, ...] = (
    Column(tune.whole_statement, "tune", "1", "about .62"),
    Column(tune.tune_coverage, "tune"),
    Column(tune.holes_in_phrases, "tune"),
    Column(tune.holes_in_sparse, "tune", "0"),
    Column(tune.contour_kept, "tune", "1"),
    Column(tune.chorus_own_rhythm, "tune", "1"),
    Column(tune.leaps_sung, "tune", "", "", "mel_leap_recovery"),
    Column(groove.drum_coverage, "rests", "", "", "drum_coverage"),
    Column(groove.drums_once_in, "rests", ">= .90 in grooves"),
    Column(groove.bass_once_in, "rests", ">= .90 in grooves"),
    Column(groove.nobody, "rests", "0"),
    Column(groove.pulse_present, "rests", "1"),
    Column(groove.statement_bass, "rests", "1 in battle, chase, march"),
    Column(groove.chorus_bass, "rests", "1 in battle, chase, march"),
    Column(groove.chorus_low, "rests", "1"),
    Column(form.final_on_tonic, "endings", "1 but open ends"),
    Column(form.climax_coincides, "climax", "1"),
    Column(form.chorus_opens_with_hook, "climax", "1"),
    Column(form.lead_in_chorus, "climax", ">= .85"),
    Column(form.density_rises, "arc", "<= .75-.80", ".92", "density_rises"),
    Column(form.density_slope, "arc", "", "", "density_slope"),
    Column(form.density_peak, "arc", "", "", "density_peak_pos"),
    Column(form.dense_late, "arc", "<= .75-.80", ".88", "dense_late"),
    Column(tune.phrases_on_one, "breath", "", ".69", "phrases_on_one"),
    Column(tune.phrases_upbeat, "breath", ">= .20", ".08", "phrases_upbeat"),
    Column(form.uneven_forms, "breath", ">= .20"),
    Column(form.lead_ins, "breath"),
    Column(returns.exact_bars, "return", "", "", "bar_exact_rep"),
    Column(returns.near_bars, "return", "near .27", ".09", "bar_near_rep"),
    Column(returns.track_bars, "return", ">= .22", ".13", "track_bar_rep"),
    Column(returns.melody_bars, "return", "", "", "mel_bar_rep"),
    Column(returns.melody_groups, "return", "near .47", ".20", "mel_ngram_repeat"),
    Column(returns.drum_bars, "return", "near .53", ".30", "drum_bar_rep"),
    Column(returns.chord_groups, "return", "", "", "chord_ngram_repeat"),
    Column(returns.chords_kept, "return", ">= .75", ".50"),
    Column(returns.second_half_chords, "return", "", ".14"),
    Column(groove.groove_similarity, "return", ">= .78", ".65 in symphonic", "groove_consistency"),
    Column(texture.entrances_exits, "flicker", "<= .8", "1.26"),
    Column(texture.texture_changes, "flicker", "near .13", ".22", "texture_change"),
    Column(texture.short_colours, "flicker", "", ".71"),
    Column(groove.snare_machine, "flicker", "0"),
    Column(texture.attack_tracks, "parts", ">= 2.1", "1.67", "attack_tracks"),
    Column(texture.doubling, "parts", ">= .22", ".18", "doubling_frac"),
    Column(texture.lead_salience, "parts", ">= .80", ".68"),
    Column(texture.many_ostinati, "parts", "0"),
    Column(texture.ostinato_foreign, "parts", "0"),
    Column(groove.bass_notes_per_beat, "bass", ">= 1.2 in driven types", ".70", "bass_density"),
    Column(groove.bass_root_fifth, "bass"),
    Column(groove.bass_mean_pitch, "bass"),
    Column(feeling.comic_tender, "feeling", "0"),
    Column(feeling.major_minus_minor, "feeling"),
    Column(feeling.dark_scale, "feeling", "0"),
    Column(feeling.notes_per_beat, "feeling", "", "", "density_notes"),
)


@cache
def people() -> dict[str, Any]:
    """The figures of people's music by feature: p10, median, p90 (or a share)."""
    data: dict[str, Any] = yaml.safe_load(HUMAN.read_text("utf-8"))["features"]
    return data


def of_people(feature: str) -> str:
    """A feature's median with its band, as text: `.27 (0–.75)`."""
    if not feature:
        return ""
    found = people()[feature]
    if "share" in found:
        return f"{found['share']:.2f}"
    return f"{found['median']:.2f} ({found['p10']:.2f}–{found['p90']:.2f})"
