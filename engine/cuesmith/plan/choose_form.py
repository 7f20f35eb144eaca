"""The frame of a cue: its sections with their bars, meters and themes, and the clock they are met by.

Beats of the picture make a form of their own; hits choose among the forms of the type; without either the form is
solved for the length alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cuesmith.motif.model import Theme
from cuesmith.music.meter import Meter
from cuesmith.plan.choose_tempo import met_by_hits, met_by_sheet
from cuesmith.plan.form.meters import with_jo
from cuesmith.plan.form.section_lengths import Form, solve_form
from cuesmith.plan.mood.mood_place import recipe_of
from cuesmith.plan.picture.hit_points import Timing
from cuesmith.plan.picture.scenes import Story, opened
from cuesmith.plan.picture.spotting_sheet import late_beat
from cuesmith.plan.resolve_brief import CueChoices
from cuesmith.plan.theme_forms import lift_in, lifted, theme_forms_from, where_they_meet
from cuesmith.specs.banks.cue_types import SectionRow
from cuesmith.specs.banks.library import Banks
from cuesmith.specs.banks.treatments import Treatments
from cuesmith.specs.brief import Brief, Meeting, ThemeForm
from cuesmith.specs.style import Style


@dataclass(frozen=True, slots=True)
class FormAndTempo:
    """rows: the sections; themes, meters: of each; form: their bars. timing: how the picture is met, if there is one.

    story: what the beats of the picture tell; worn: how the themes come in each of them. meet, meeting: the section in
    which two themes meet, if they do, and how.
    """

    rows: tuple[SectionRow, ...]
    themes: Sequence[str | None]
    meters: tuple[Meter, ...]
    form: Form
    timing: Timing | None = None
    story: Story | None = None
    worn: Sequence[tuple[ThemeForm, ...]] = ()
    meet: int | None = None
    meeting: Meeting | None = None


def choose_form_and_tempo(
    choices: CueChoices, brief: Brief, style: Style, themes: Mapping[str, Theme], banks: Banks
) -> FormAndTempo:
    """The frame of a cue on its ground."""
    chosen = (
        _by_beats(choices, brief, style, themes, banks) if brief.beats else _by_type(choices, brief, banks.treatments)
    )
    if not choices.rules.jo or chosen.timing is not None:  # what the picture sets the pace of is not free
        return chosen
    rows, meters = with_jo(chosen.rows, chosen.meters, banks.treatments)
    return replace(chosen, rows=rows, meters=meters)


def _by_beats(
    choices: CueChoices, brief: Brief, style: Style, themes: Mapping[str, Theme], banks: Banks
) -> FormAndTempo:
    sheet = opened(brief)
    late_beat(sheet.beats, choices.seconds)
    feels = [recipe_of(replace(brief, feel=beat.feel), banks.feelings) for beat in sheet.beats]
    worn = theme_forms_from(sheet.beats, feels, sheet, choices.theme_forms, style, themes, banks)
    meter = choices.meters.home
    story, timing = met_by_sheet(
        sheet, choices.seconds, meter, choices.place, choices.mood, worn, banks, choices.ritard, choices.closes
    )
    meters = timing.form.meters or (meter,) * len(story.rows)
    return FormAndTempo(story.rows, list(story.leading), meters, timing.form, timing, story, worn)


def _by_type(choices: CueChoices, brief: Brief, treatments: Treatments) -> FormAndTempo:
    cue, meter = choices.cue, choices.meters.home
    timing = met_by_hits(
        cue, brief, choices.seconds, meter, choices.bpm_range, choices.wished_bpm, choices.ritard, choices.closes,
        treatments,
    )  # fmt: skip
    form = timing.form if timing else solve_form(
        cue, choices.seconds - choices.slot_sec, meter.bar_beats, choices.bpm_range, choices.wished_bpm, treatments,
        fixed_tempo=brief.tempo_bpm is not None, meters=choices.meters, closes=choices.closes,
    )  # fmt: skip
    rows, second = _with_room_for_second(form.rows, brief, treatments)
    themes = _assign_themes(rows, brief, treatments)
    if second is not None:
        themes[second] = brief.themes[1]
    rows = lifted(rows, lift_in(choices.theme_forms), treatments)
    meet, meeting = where_they_meet(rows, form.bars, themes, brief, cue, treatments)
    meters = form.meters or (meter,) * len(rows)
    return FormAndTempo(rows, themes, meters, form, timing, meet=meet, meeting=meeting)


def _assign_themes(rows: Sequence[SectionRow], brief: Brief, treatments: Treatments) -> list[str | None]:
    """Which theme each section states: the one its form names, else a second theme takes the contrasting sections."""
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
    """Rows with a place for a second theme that the form has no contrast for, and which row that is.

    It is the first of the treatments whose turn comes first, if the main theme is still stated elsewhere.
    """
    found = [treatments[row.treatment] for row in rows]
    if len(brief.themes) < 2 or any(row.theme for row in rows) or any(row.theme == "away" for row in found):
        return rows, None
    able = [index for index, row in enumerate(found) if row.second_theme]
    if not able or not any(row.theme in ("told", "head", "crowned") for row in found):
        return rows, None
    index = min(able, key=lambda index: (found[index].second_theme, index))
    change = found[index].second_theme_as or rows[index].treatment
    return (*rows[:index], replace(rows[index], treatment=change), *rows[index + 1 :]), index
