"""Choose the form of a cue: sections with their bars, meters and themes, and the timing that goes with them.

Beats of the picture make a form of their own. Hits choose among the bar counts that the form of the cue type allows.
Without either, the form only has to fill the length.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cuesmith.motif.model import Theme
from cuesmith.music.meter import Meter
from cuesmith.plan.choose_tempo import timing_for_beats, timing_for_hits
from cuesmith.plan.form.meters import with_jo
from cuesmith.plan.form.section_lengths import Form, solve_form
from cuesmith.plan.mood.mood_place import recipe_of
from cuesmith.plan.picture.hit_points import Timing
from cuesmith.plan.picture.scenes import Story, with_opening_beat
from cuesmith.plan.picture.spotting_sheet import check_beat_times
from cuesmith.plan.resolve_brief import CueChoices
from cuesmith.plan.theme_forms import lift_in, raise_later_half, theme_forms_from, where_they_meet
from cuesmith.specs.banks.cue_types import SectionRow
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.banks.treatments import Treatments
from cuesmith.specs.brief import Brief, Meeting, ThemeForm
from cuesmith.specs.style import Style


@dataclass(frozen=True, slots=True)
class FormAndTempo:
    """The chosen form, and the tempo where the picture sets it.

    rows: the sections. themes, meters: one per section. form: the bars of each.
    timing: tempo and hits, when hits or beats set them.
    story: the story that the beats tell.
    scene_theme_forms: for each scene of the story, how the themes come back in it.
    meet, meeting: index of the section in which two themes meet (None: nowhere), and how they meet.
    """

    rows: tuple[SectionRow, ...]
    themes: Sequence[str | None]
    meters: tuple[Meter, ...]
    form: Form
    timing: Timing | None = None
    story: Story | None = None
    scene_theme_forms: Sequence[tuple[ThemeForm, ...]] = ()
    meet: int | None = None
    meeting: Meeting | None = None


def choose_form_and_tempo(
    choices: CueChoices, brief: Brief, style: Style, themes: Mapping[str, Theme], banks: Banks
) -> FormAndTempo:
    """Choose the form of a cue, and its tempo where hits or beats decide it."""
    chosen = (
        _by_beats(choices, brief, style, themes, banks) if brief.beats else _by_type(choices, brief, banks.treatments)
    )
    if not choices.rules.jo or chosen.timing is not None:  # a tempo set by the picture excludes a free introduction
        return chosen
    rows, meters = with_jo(chosen.rows, chosen.meters, banks.treatments)
    return replace(chosen, rows=rows, meters=meters)


def _by_beats(
    choices: CueChoices, brief: Brief, style: Style, themes: Mapping[str, Theme], banks: Banks
) -> FormAndTempo:
    opened_brief = with_opening_beat(brief)
    check_beat_times(opened_brief.beats, choices.seconds)
    feels = [recipe_of(replace(brief, feel=beat.feel), banks.feelings) for beat in opened_brief.beats]
    scene_theme_forms = theme_forms_from(
        opened_brief.beats, feels, opened_brief, choices.theme_forms, style, themes, banks
    )
    meter = choices.meters.home
    story, timing = timing_for_beats(
        opened_brief,
        choices.seconds,
        meter,
        choices.pacing,
        choices.mood,
        scene_theme_forms,
        banks,
        choices.ritard,
        choices.closes,
    )
    meters = timing.form.meters or (meter,) * len(story.rows)
    return FormAndTempo(story.rows, list(story.leading), meters, timing.form, timing, story, scene_theme_forms)


def _by_type(choices: CueChoices, brief: Brief, treatments: Treatments) -> FormAndTempo:
    cue, meter = choices.cue, choices.meters.home
    timing = timing_for_hits(
        cue, brief, choices.seconds, meter, choices.bpm_range, choices.target_bpm, choices.ritard, choices.closes,
        treatments,
    )  # fmt: skip
    form = timing.form if timing else solve_form(
        cue, choices.seconds - choices.slot_sec, meter.bar_beats, choices.bpm_range, choices.target_bpm, treatments,
        fixed_tempo=brief.tempo_bpm is not None, meters=choices.meters, closes=choices.closes,
    )  # fmt: skip
    rows, second = _with_room_for_second(form.rows, brief, treatments)
    themes = _assign_themes(rows, brief, treatments)
    if second is not None:
        themes[second] = brief.themes[1]
    rows = raise_later_half(rows, lift_in(choices.theme_forms), treatments)
    meet, meeting = where_they_meet(rows, form.bars, themes, brief, cue, treatments)
    meters = form.meters or (meter,) * len(rows)
    return FormAndTempo(rows, themes, meters, form, timing, meet=meet, meeting=meeting)


def _assign_themes(rows: Sequence[SectionRow], brief: Brief, treatments: Treatments) -> list[str | None]:
    """Choose the theme of each section: the one its form names; else contrasting sections take the second theme."""
    out: list[str | None] = []
    names = brief.themes
    for row in rows:
        if not names or not treatments[row.treatment].themed:
            out.append(None)
        elif row.theme in names:
            out.append(str(row.theme))
        elif treatments[row.treatment].theme == "away" and len(names) > 1:
            out.append(names[1])
        else:
            out.append(names[0])
    return out


def _with_room_for_second(
    rows: tuple[SectionRow, ...], brief: Brief, treatments: Treatments
) -> tuple[tuple[SectionRow, ...], int | None]:
    """Give a second theme a section when the form has no contrast; return the rows and the index of that section.

    The bank of treatments says which section is taken first, and its treatment then. The main theme must still be
    stated elsewhere.
    """
    row_treatments = [treatments[row.treatment] for row in rows]
    if len(brief.themes) < 2 or any(row.theme for row in rows) or any(row.theme == "away" for row in row_treatments):
        return rows, None
    suitable = [index for index, row in enumerate(row_treatments) if row.second_theme]
    if not suitable or not any(row.theme in ("told", "head", "crowned") for row in row_treatments):
        return rows, None
    index = min(suitable, key=lambda index: (row_treatments[index].second_theme, index))
    change = row_treatments[index].second_theme_as or rows[index].treatment
    return (*rows[:index], replace(rows[index], treatment=change), *rows[index + 1 :]), index
