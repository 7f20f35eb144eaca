"""Rules about the whole show: themes, neighbouring cues, tempi, meters, modes, near-copies, variants, the suite."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cuesmith.critic.critique import critique, finding_of, report_of
from cuesmith.critic.model import Breach, Finding, Limits, ShowReport
from cuesmith.motif.identity import identity
from cuesmith.music.note import PPQ
from cuesmith.specs.banks.library import Banks

if TYPE_CHECKING:
    from cuesmith.cue.cue import Cue
    from cuesmith.show.compose_show import CueSet

SetCheck: TypeAlias = Callable[["CueSet", Limits, Banks], Iterable[Breach]]

TEMPO_BANDS = (70, 90, 110, 130, 150)  # limits between the bands of tempo, in quarter notes per minute


def _main_cues(made: CueSet) -> Iterator[Cue]:
    """Yield the cues without their variants."""
    return (cue for cue in made.cues if not cue.brief.variant)


def _full_tracks(made: CueSet, banks: Banks) -> list[Cue]:
    """Return the cues without variants and short formats."""
    short = {id_ for id_, row in banks.cue_types.items() if row.default_seconds < 20}
    return [cue for cue in _main_cues(made) if cue.brief.type not in short]


def _bpm(cue: Cue) -> float:
    return cue.score.plan.tempo.bpm(0)


def _energy(cue: Cue) -> float:
    sections = cue.score.plan.sections
    return sum(s.energy * s.length for s in sections) / cue.score.plan.length


def themes_apart(made: CueSet, limits: Limits, banks: Banks) -> Iterator[Breach]:
    """Q71: no two themes are too similar."""
    for a, b in itertools.combinations(made.themes.values(), 2):
        alike = identity(a.motif.shape(a.key), b.motif.shape(b.key))  # the later theme as a form of the earlier one
        if alike > limits["most"]:
            yield Breach(alike, limits["most"], f"themes {a.name} and {b.name} are {alike:.2f} alike")


def theme_plan(made: CueSet, limits: Limits, banks: Banks) -> Iterator[Breach]:
    """Q81: enough cues, but not too many, have the first theme; no theme keeps one form for too many cues in a row."""
    cues = list(_main_cues(made))
    if len(cues) < limits["cues"] or len(made.themes) < 2:
        return
    first = next(iter(made.themes))
    share = sum(any(s.theme == first for s in cue.score.statements()) for cue in cues) / len(cues)
    if share < limits["first_least"]:
        yield Breach(share, limits["first_least"], f"theme {first} is heard in {share:.0%} of the cues")
    elif share > limits["first_most"]:
        yield Breach(share, limits["first_most"], f"theme {first} is heard in {share:.0%} of the cues")
    for name in made.themes:
        run: dict[tuple[str, ...], int] = {}
        for cue in cues:
            forms = {s.ops for s in cue.score.statements() if s.theme == name and s.ops}
            run = {ops: run.get(ops, 0) + 1 for ops in sorted(forms)}
            for ops, times in run.items():
                if times == limits["in_a_row"] + 1:
                    text = f"theme {name} comes as {' + '.join(ops)} in {times} cues on end, the last {cue.brief.id}"
                    yield Breach(times, limits["in_a_row"], text, 0, cue.brief.id)


def neighbours(made: CueSet, limits: Limits, banks: Banks) -> Iterator[Breach]:
    """Q82: cues next to each other differ in key, in tempo or style, and in energy."""
    for a, b in itertools.pairwise(_full_tracks(made, banks)):
        same_key = a.score.plan.key == b.score.plan.key
        gap = abs(_bpm(a) - _bpm(b))
        level = abs(_energy(a) - _energy(b))
        if same_key and gap <= limits["bpm"] and a.brief.style == b.brief.style:
            text = f"both in {a.score.plan.key.name}, {gap:.0f} bpm apart, in one style"
            yield Breach(gap, limits["bpm"], f"{a.brief.id} and {b.brief.id}: {text}", 0, b.brief.id)
        elif same_key and level < limits["energy"]:
            text = f"both in {a.score.plan.key.name}, of like energy"
            yield Breach(level, limits["energy"], f"{a.brief.id} and {b.brief.id}: {text}", 0, b.brief.id)


def tempo_bands(made: CueSet, limits: Limits, banks: Banks) -> Iterator[Breach]:
    """Q83: the cues use enough bands of tempo."""
    cues = list(_main_cues(made))
    bands = {int(np.searchsorted(TEMPO_BANDS, _bpm(cue), side="right")) for cue in cues}
    if len(cues) >= limits["cues"] and len(bands) < limits["bands"]:
        yield Breach(len(bands), limits["bands"], f"all cues lie in {len(bands)} bands of tempo")


def meters(made: CueSet, limits: Limits, banks: Banks) -> Iterator[Breach]:
    """Q84: the share of cues that are not all in 4/4 is within limits."""
    cues = list(_main_cues(made))
    if len(cues) < limits["cues"]:
        return
    odd = sum(any(str(change.meter) != "4/4" for change in cue.score.plan.meters()) for cue in cues) / len(cues)
    if odd < limits["least"]:
        yield Breach(odd, limits["least"], f"{odd:.0%} of the cues leave common time")
    elif odd > limits["most"]:
        yield Breach(odd, limits["most"], f"{odd:.0%} of the cues leave common time")


def modes(made: CueSet, limits: Limits, banks: Banks) -> Iterator[Breach]:
    """Q85: the share of minor keys is within limits, and there are enough scales besides major and minor."""
    cues = list(_main_cues(made))
    if len(cues) < limits["cues"]:
        return
    minor = sum(cue.score.plan.key.minor for cue in cues) / len(cues)
    if minor < limits["minor_least"]:
        yield Breach(minor, limits["minor_least"], f"{minor:.0%} of the cues are in minor")
    elif minor > limits["minor_most"]:
        yield Breach(minor, limits["minor_most"], f"{minor:.0%} of the cues are in minor")
    plans = [cue.score.plan for cue in cues]
    scales = {plan.scale.name for plan in plans} | {plan.key.mode for plan in plans}
    found = sorted(scales - {"ionian", "aeolian"})
    if len(found) < limits["scales"]:
        yield Breach(len(found), limits["scales"], f"{len(found)} scales beyond major and minor")


def _note_histogram(cue: Cue) -> NDArray[np.float64] | None:
    """Count all pitched notes by pitch class above the tonic and sixteenth of the bar; shape (12, 16).

    None without notes.
    """
    grid = np.zeros((12, 16))
    tonic = cue.score.plan.key.tonic
    for part in cue.score.parts:
        if part.drums or part.stem == "percussion":
            continue
        for passage in part.passages:
            start = cue.score.plan.sections[passage.section].start
            for note in passage.notes:
                grid[(note.pitch - tonic) % 12, (note.onset - start) * 4 // PPQ % 16] += 1
    return grid if grid.sum() else None


def clones(made: CueSet, limits: Limits, banks: Banks) -> Iterator[Breach]:
    """Q86: no two cues are near-copies, by the cosine similarity of their `_note_histogram`."""
    prints = [(cue, found) for cue in _full_tracks(made, banks) if (found := _note_histogram(cue)) is not None]
    for (a, one), (b, two) in itertools.combinations(prints, 2):
        if min(one.sum(), two.sum()) < limits["notes"]:
            continue
        alike = float((one * two).sum() / (np.linalg.norm(one) * np.linalg.norm(two)))
        if alike > limits["most"]:
            yield Breach(alike, limits["most"], f"{a.brief.id} and {b.brief.id} are {alike:.2f} alike", 0, b.brief.id)


def variants_fit(made: CueSet, limits: Limits, banks: Banks) -> Iterator[Breach]:
    """Q88: variants B and C have the bars and the length of their cue."""
    by_id: Mapping[str, Cue] = {cue.brief.id: cue for cue in _main_cues(made)}
    for cue in made.cues:
        if cue.brief.variant not in ("B", "C"):
            continue
        whole = by_id.get(cue.brief.id.removesuffix(cue.brief.variant))
        if whole is None:
            continue
        mine, theirs = cue.score.plan, whole.score.plan
        lines = [(s.start, bar) for s in mine.sections for bar in s.bar_ticks()]
        if lines != [(s.start, bar) for s in theirs.sections for bar in s.bar_ticks()]:
            yield Breach(1, 0, f"{cue.brief.id} has other bars than {whole.brief.id}", 0, cue.brief.id)
        off = 1000 * abs(mine.tempo.seconds(mine.length) - theirs.tempo.seconds(theirs.length))
        if off > limits["ms"]:
            yield Breach(off, limits["ms"], f"{cue.brief.id} is {off:.0f} ms off {whole.brief.id}", 0, cue.brief.id)


def _meetings(cue: Cue) -> int:
    """Count the sections in which two themes are heard."""
    stated = {(s.section, s.theme) for s in cue.score.statements()}
    sections = [name for name, _ in stated]
    return len({name for name in sections if sections.count(name) > 1})


def suite(made: CueSet, limits: Limits, banks: Banks) -> Iterator[Breach]:
    """Q89: a suite states the themes of the show, in several tempi and keys, and combines two of them."""
    for cue in _main_cues(made):
        if not banks.rules["Q89"].speaks((cue.brief.type,)):
            continue
        plan = cue.score.plan
        found = (
            ("themes", len({s.theme for s in cue.score.statements()}), min(limits["themes"], len(made.themes))),
            ("zones", len({round(plan.tempo.bpm(s.start) / 4) for s in plan.sections}), limits["zones"]),
            ("keys", len({s.key for s in plan.sections}), limits["keys"]),
            ("meetings", _meetings(cue), min(limits["meetings"], len(cue.brief.themes) - 1)),
        )
        for what, value, least in found:
            if value < least:
                name = {"zones": "zones of tempo", "meetings": "meetings of two themes"}.get(what, what)
                yield Breach(value, least, f"{cue.brief.id} has {value} {name}", 0, cue.brief.id)


def short_formats(made: CueSet, limits: Limits, banks: Banks) -> Iterator[Breach]:
    """Q90: short formats that quote a theme state it so that it can be recognised."""
    for cue in _main_cues(made):
        if not banks.rules["Q90"].speaks((cue.brief.type,)) or not cue.brief.themes:
            continue
        best = max((s.identity for s in cue.score.statements()), default=0.0)
        if best < limits["least"]:
            yield Breach(best, limits["least"], f"{cue.brief.id} quotes no theme clearly ({best:.2f})", 0, cue.brief.id)


CHECKS: Mapping[str, SetCheck] = {
    "Q71": themes_apart,
    "Q81": theme_plan,
    "Q82": neighbours,
    "Q83": tempo_bands,
    "Q84": meters,
    "Q85": modes,
    "Q86": clones,
    "Q88": variants_fit,
    "Q89": suite,
    "Q90": short_formats,
}


def critique_show(made: CueSet, banks: Banks) -> ShowReport:
    """Judge every cue of a composed show, and the set as a whole."""
    reports = tuple(critique(cue.score, made.themes, banks) for cue in made.cues)
    findings: list[Finding] = []
    severities: dict[str, int] = {}
    for id_, measure in CHECKS.items():
        rule = banks.rules[id_]
        severities[id_] = rule.severity
        findings += [finding_of(id_, rule.severity, breach, 0) for breach in measure(made, rule.limits, banks)]
    return ShowReport(reports, report_of("", made.show.title, findings, severities, ()))
