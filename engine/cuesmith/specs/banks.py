"""The banks: tables of music shared by all styles, as frozen records.

Each record here is one row of a YAML table under styles/banks; a musician proof-reads the YAML, this module says what
a row must hold. Units: pitches are MIDI (C4 = 60), tempi quarter notes per minute, grids sixteenths.
"""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.dataclasses import dataclass

from cuesmith.motif.ops import parse_ops
from cuesmith.music.chord import QUALITIES, Roman, parse_roman
from cuesmith.music.meter import Meter, parse_meter
from cuesmith.music.scale import MODES, Scale

STRICT = ConfigDict(extra="forbid")


def _meter(value: object) -> Meter:
    if isinstance(value, Meter):
        return value
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a meter; write it like 4/4")
    meter = parse_meter(value)
    if meter.free:
        raise ValueError("only a cue can be in free meter; write this in bars, such as 4/4")
    return meter


def _chords(value: object) -> tuple[Roman, ...]:
    if isinstance(value, tuple):
        return value
    if not isinstance(value, str):
        raise ValueError("chords are one line of roman numerals, such as 'IVM7 V7 iii7 vi7'")
    return tuple(parse_roman(word) for word in value.replace("|", " ").split())


def _range(value: object) -> tuple[float, float]:
    if isinstance(value, (list, tuple)) and len(value) == 2:
        low, high = value
        if isinstance(low, (int, float)) and isinstance(high, (int, float)) and low <= high:
            return (low, high)
    raise ValueError("a range is two numbers, low before high, such as [60, 84]")


def _quality(value: object) -> str:
    if value not in QUALITIES:
        raise ValueError(f"unknown chord quality '{value}'; known: {', '.join(QUALITIES)}")
    return str(value)


MeterField = Annotated[
    Meter,
    BeforeValidator(_meter),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "examples": ["4/4", "7/8(2+2+3)"]}),
]
ChordsField = Annotated[
    tuple[Roman, ...], BeforeValidator(_chords), WithJsonSchema({"type": "string", "examples": ["IVM7 V7 iii7 vi7"]})
]
RangeField = Annotated[
    tuple[float, float],
    BeforeValidator(_range),
    WithJsonSchema({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}),
]
QualityField = Annotated[str, BeforeValidator(_quality)]
Unit = Annotated[float, Field(ge=0, le=1)]
Signed = Annotated[float, Field(ge=-1, le=1)]
ModeName = Literal[
    "lydian", "ionian", "mixolydian", "dorian", "aeolian", "phrygian", "locrian",
    "harmonic_minor", "melodic_minor", "phrygian_dominant", "lydian_dominant",
]  # fmt: skip
RoleName = Literal["lead", "counter", "pad", "ostinato", "bass", "pulse", "impact", "colour"]
Ending = Literal["button", "ring", "allargando", "fade", "loop", "attacca", "unresolved", "ma_stop"]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ScaleRow:
    """semitones above the tonic; mode: the seven-note parent; nuclear: semitones long notes rest on."""

    mode: ModeName
    semitones: tuple[int, ...]
    nuclear: tuple[int, ...]
    use: str = ""

    def __post_init__(self) -> None:
        parent = MODES[self.mode]
        if strange := [s for s in self.semitones if s not in parent]:
            raise ValueError(f"semitones {strange} are not in the parent mode {self.mode} {list(parent)}")
        if strange := [s for s in self.nuclear if s not in self.semitones]:
            raise ValueError(f"nuclear tones {strange} are not in the scale")

    def scale(self, name: str) -> Scale:
        """The row as a scale of that name."""
        parent = MODES[self.mode]
        return Scale(
            name,
            self.mode,
            tuple(parent.index(s) for s in self.semitones),
            tuple(parent.index(s) for s in self.nuclear),
        )


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Progression:
    """mode: major, minor or modal; chords: roman numerals, one per change of harmony; cues: weight by cue type."""

    name: str
    mode: Literal["major", "minor", "modal"]
    chords: ChordsField
    colour: str = ""
    cues: dict[str, float] = Field(default_factory=dict)
    styles: dict[str, float] = Field(default_factory=dict)
    closes: bool = False  # ends with its own cadence: kept for last phrases
    static: bool = False  # a drone or pedal: chords may last 2-4 times longer


@dataclass(frozen=True, kw_only=True, config=STRICT)
class RhythmCell:
    """cell: sixteenths, negative = rest, summing to 16 (4/4) or 12 (3/4); fingerprint: has an unmistakable figure."""

    cell: tuple[int, ...]
    character: str
    fingerprint: bool
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Contour:
    """points: seven heights 0 (head tone) .. 1 (top of the range) at even distances; weight: how often by default."""

    points: tuple[float, float, float, float, float, float, float]
    weight: float
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Character:
    """What a leitmotif of this character is made of.

    scales, cells, contours: weights by id. intervals: target share of melodic intervals in percent by class
    (repeat, step, third, fourth, fifth, sixth, octave, tritone). leaps: how many leaps of five semitones or more.
    register: semitones from middle C to the centre of the home octave. density: notes per two bars, low..high.
    """

    valence: Signed
    arousal: Unit
    scales: dict[str, float]
    cells: dict[str, float]
    contours: dict[str, float]
    intervals: dict[str, float]
    leaps: tuple[int, int] = (1, 1)
    ambitus: tuple[int, int] = (7, 14)
    density: tuple[int, int] = (5, 12)
    form: Literal["sentence", "period", "either"] = "either"
    register: int = 7
    meters: tuple[MeterField, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Instrument:
    """A General MIDI sound and what it can do.

    range, sweet: sounding MIDI pitches. voices: how many notes at once. pan -1..1, reverb 0..1.
    onset_ms, tail_ms: measured on FluidR3_GM: time to half level, and from note-off to -20 dB.
    sustained: holds its tone (bow, breath, organ). breath_sec: longest time without a breath, 0 = none needed.
    """

    name: str
    program: Annotated[int, Field(ge=0, le=127)]
    bank: Annotated[int, Field(ge=0, le=127)] = 0
    family: Literal[
        "strings",
        "woodwind",
        "brass",
        "keys",
        "plucked",
        "guitar",
        "bass",
        "synth",
        "choir",
        "mallet",
        "traditional",
        "percussion",
    ]
    range: tuple[int, int]
    sweet: tuple[int, int]
    voices: Annotated[int, Field(ge=1, le=10)]
    roles: tuple[str, ...]
    pan: Signed
    reverb: Unit
    onset_ms: float
    tail_ms: float
    sustained: bool
    breath_sec: float = 0.0
    agile: bool = True  # can play sixteenths at 120


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Kit:
    """A drum kit: program on the drum channel. level_db: trim of the whole kit; lines: drum name → trim in dB."""

    name: str
    program: Annotated[int, Field(ge=0, le=127)]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Layered:
    """One layer of a drum voice: either a kit note, or a note on a melodic program (the taiko voices).

    gate_ms: the note of a melodic program is cut off so long after its stroke; None: it rings.
    """

    note: Annotated[int, Field(ge=0, le=127)]
    velocity: int = 0  # added to the stroke's velocity
    program: Annotated[int, Field(ge=0, le=127)] | None = None  # None: a note of the kit
    bank: Annotated[int, Field(ge=0, le=127)] = 0
    gate_ms: Annotated[float, Field(ge=40, le=1000)] | None = None

    def __post_init__(self) -> None:
        if self.gate_ms is not None and self.program is None:
            raise ValueError("gate_ms cuts a melodic program alone: a kit's strokes ring as they are; name a program")


@dataclass(frozen=True, kw_only=True, config=STRICT)
class DrumVoice:
    """A percussion voice: kick, snare, odaiko … layers sound together; ring_beats: how long a stroke is held."""

    name: str
    layers: tuple[Layered, ...]
    scale: float = 1.0  # velocities of its grid rows are multiplied by this
    pan: Signed = 0.0
    ring_beats: float = 0.25
    group: Literal["kit", "taiko", "hand", "orchestral"] = "kit"
    tuned: Annotated[int, Field(ge=0, le=11)] | None = None  # semitones above the tonic; None: no pitch


GRID_LETTERS = {"X": 112, "x": 92, "o": 68, "g": 38}


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Groove:
    """A percussion pattern of one or more bars.

    rows: voice name → one grid string per bar; letters X accent 112, x normal 92, o soft 68, g ghost 38, '.' rest.
    steps: grid steps per bar; meter: the meter of one bar of grid. tier: 1 pulse, 2 light, 3 groove, 4 full, 5 all out.
    fill: rows of a one-bar fill. swing: 0.5 straight .. 0.67 triplet, on pairs of grid steps of `swing_steps`.
    """

    name: str
    meter: MeterField
    steps: Annotated[int, Field(ge=2, le=48)]
    bpm: RangeField
    tier: Annotated[int, Field(ge=1, le=5)]
    kit: str
    rows: dict[str, tuple[str, ...]]
    fill: dict[str, str] = Field(default_factory=dict)
    tags: tuple[str, ...] = ()
    swing: Annotated[float, Field(ge=0.5, le=0.75)] = 0.5
    swing_steps: Annotated[int, Field(ge=1, le=4)] = 1  # grid steps in half a swung pair

    def __post_init__(self) -> None:
        for voice, bars in [*self.rows.items(), *((name, (grid,)) for name, grid in self.fill.items())]:
            for grid in bars:
                if len(grid) != self.steps:
                    raise ValueError(f"{voice}: '{grid}' has {len(grid)} steps, not {self.steps}")
                if strange := set(grid) - set(GRID_LETTERS) - {"."}:
                    raise ValueError(f"{voice}: '{grid}' holds {sorted(strange)}; letters are X x o g and .")


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SectionRow:
    """One section of a form. treatment: what the lead does with its theme (see compose.treatments.TREATMENTS).

    theme: the number of the cue's theme it states, counted round; 0: whichever the planner gives it. `others`: the
    section comes once for every theme after the first; `alone`: only where the cue has a single theme. The planner
    writes a theme's name in place of these.
    """

    name: str
    bars: Annotated[int, Field(ge=1, le=32)]
    energy: Unit
    treatment: str
    harmony: Literal["main", "contrast", "pedal", "break", "close", "link", "turn"] = "main"
    lift: int = 0  # semitones the key moves for this section
    mode: ModeName | None = None  # of this section; None: that of the cue
    theme: Annotated[int, Field(ge=0, le=9)] | str = 0
    tempo: Annotated[float, Field(ge=0.5, le=2)] = 1.0  # factor on the tempo of the cue


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Shape:
    """Another way to lay a form out. order: names of its sections as they come (empty: all, as they stand); bars: those
    whose length differs; weight: against 2 for the form itself."""

    weight: Annotated[float, Field(gt=0)] = 1.0
    order: tuple[str, ...] = ()
    bars: dict[str, Annotated[int, Field(ge=1, le=32)]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CueType:
    """One row of the cue taxonomy: everything the planner needs to know about a kind of cue."""

    name: str
    purpose: str
    function: Literal["scenery", "emotion", "situation", "source", "format"]
    seconds: RangeField  # usual length
    limits: RangeField  # shortest and longest that still makes musical sense
    default_seconds: float
    bpm: RangeField
    meters: dict[str, float]  # meter text → weight; `7/8+4/4`: contrasting sections have the second
    modes: dict[str, float]  # mode of MODES → weight
    chords_per_bar: Annotated[float, Field(gt=0, le=4)]
    valence: Signed
    arousal: Unit
    tension: Unit
    ending: Ending
    form: tuple[SectionRow, ...]
    long_form: tuple[SectionRow, ...] = ()  # replaces form in the upper half of seconds; empty: never
    shapes: tuple[Shape, ...] = ()  # other ways to lay the form out, of which the seed draws one
    melody: Literal["full", "sparse", "fragments", "none"] = "full"
    recipes: dict[str, float] = field(default_factory=dict)  # how a theme comes in it; empty: as it was written
    meeting: Literal["succession", "dialogue", "counterpoint"] = "succession"
    dialogue_safe: bool = False
    like: str = ""  # the cue type whose rows in the banks and in styles hold for it where they do not name it
    vocal: bool = False  # a song: its tune is written for a voice
    slot_sec: Annotated[float, Field(ge=0, le=2)] = 0.0  # how long before the end of its slot the button falls
    block: Annotated[
        int, Field(ge=0, le=9)
    ]  # M-number block: 0 themes, 1 daily, 2 emotion, 3 suspense, 4 action, 5 formats, 6 ambient, 9 suites

    def form_for(self, seconds: float) -> tuple[SectionRow, ...]:
        """The sections for a cue of that length."""
        return self.long_form if self.long_form and seconds > sum(self.seconds) / 2 else self.form


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Texture:
    """An accompaniment pattern for a pad, ostinato, bass or impact seat.

    kind: sustain (held chord), chord (grid of full chords), arpeggio (chord tones by number), degree (scale degrees of
          the key or the chord root), bass (R root, 3 5 7 chord tones, 8 octave, a approach), motif (head of the theme).
    unit: pattern steps per quarter note (1 quarters, 2 eighths, 3 triplets, 4 sixteenths).
    pattern: tokens separated by blanks; '.' rest, '-' hold; '!' after a token accents it, '~' makes it a ghost.
    bar: steps the pattern was written for (16 = 4/4 in sixteenths); in other meters it is cut or repeated to the bar.
    gate: share of the step run that sounds. anchor: what degree 1 is.
    """

    role: Literal["pad", "ostinato", "bass", "impact"]
    kind: Literal["sustain", "chord", "arpeggio", "degree", "bass", "motif"]
    unit: Annotated[int, Field(ge=1, le=4)] = 2
    pattern: str = ""
    triple: str = ""  # the pattern to use in 3/4, 6/8 and 12/8 (one dotted half); empty: the first one, cut
    compound: str = ""  # the one to use in 6/8, 9/8 and 12/8, where it differs from that in 3/4
    gate: Annotated[float, Field(gt=0, le=1.2)] = 0.9
    anchor: Literal["root", "tonic"] = "root"
    articulation: str = "normal"
    velocity: int = 0
    tags: tuple[str, ...] = ()


def _ops(value: tuple[str, ...]) -> tuple[str, ...]:
    parse_ops(value)
    return value


OpsField = Annotated[tuple[str, ...], AfterValidator(_ops), Field(examples=[["augmentation:3/2", "tail_swap:2"]])]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Recipe:
    """How a theme comes back for a dramatic purpose; see `cuesmith.motif.recipes`.

    ops: operations on the theme, in order. level: a statement keeps an identity of 0.70, a development 0.45.
    mode: the mode it goes into; major and minor leave a theme alone whose third is right already. register: semitones,
    in octaves. tempo: factor on the cue's tempo. families: of instruments, the preferred first. accompaniment:
    operations that make a second line of the same theme; none: no such line.
    """

    about: str
    ops: OpsField
    level: Literal["statement", "development"]
    mode: ModeName | Literal["major", "minor"] | None = None
    register: Annotated[int, Field(ge=-24, le=24, multiple_of=12)] = 0
    tempo: Annotated[float, Field(ge=0.5, le=2)] = 1.0
    families: tuple[str, ...] = ()
    articulation: Literal["legato", "normal", "staccato", "accent", "marcato", "detached"] = "normal"
    accompaniment: OpsField = ()


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Stage:
    """A stage of a theme's story. recipe: how it comes; None: as the cue type has it. absent: it stays away."""

    about: str
    recipe: str | None = None
    fragments: bool = False
    absent: bool = False


@dataclass(frozen=True, kw_only=True, config=STRICT)
class WellKnown:
    """The opening of a tune no theme may quote, as figures (see `motif.originality`).

    intervals: semitones from note to note. durations: from each onset to the next, in eighths; only ratios count.
    """

    title: str
    origin: str
    intervals: tuple[int, ...]
    durations: Annotated[tuple[Annotated[float, Field(gt=0)], ...], Field(min_length=8, max_length=16)]

    def __post_init__(self) -> None:
        if len(self.intervals) != len(self.durations) - 1:
            raise ValueError(
                f"{len(self.durations)} notes have {len(self.durations) - 1} intervals, not {len(self.intervals)}"
            )
