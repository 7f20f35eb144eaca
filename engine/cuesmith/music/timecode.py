"""Timecode (hours, minutes, seconds, frames) and clock seconds.

A timecode counts frames; the frame rate says how long a frame lasts. At 23.976 and 29.97 frames per second timecode
runs slower than the clock. 29.97 drop frame corrects this: it skips two frame numbers (never a picture) at the start of
every minute except each tenth.

Source: SMPTE ST 12-1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Rate:
    """A frame rate.

    labels: frame numbers in one second of timecode.
    exact: frames in one second of clock time.
    drop: drop-frame counting.
    """

    name: str
    labels: int
    exact: Fraction
    drop: bool = False


RATES = {
    "23.976":  Rate("23.976",  24, Fraction(24000, 1001)),
    "24":      Rate("24",      24, Fraction(24)),
    "25":      Rate("25",      25, Fraction(25)),
    "29.97":   Rate("29.97",   30, Fraction(30000, 1001), drop=True),
    "29.97nd": Rate("29.97nd", 30, Fraction(30000, 1001)),
    "30":      Rate("30",      30, Fraction(30)),
}  # fmt: skip
ALIASES = {"23.98": "23.976", "29.97df": "29.97", "29.97d": "29.97", "29.97ndf": "29.97nd", "24.0": "24", "25.0": "25"}
DEFAULT_RATE = "24"

_LABEL = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})[:;.](\d{2,3})")
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{1,2}(?:\.\d+)?)")
_PLAIN = re.compile(r"\d+(?:\.\d*)?|\.\d+")
_FORMS = "write seconds (12.4), minutes (1:12.4) or a timecode (00:01:12:10@24)"


def parse_rate(text: str | float) -> Rate:
    """Read a frame rate: `24`, `23.976`, `25`, `29.97` (drop frame), `29.97nd`, `30`.

    Raises ValueError with the known rates.
    """
    name = f"{text:g}" if isinstance(text, (int, float)) else text.strip().lower()
    name = ALIASES.get(name, name)
    if name not in RATES:
        raise ValueError(f"'{text}' is not a frame rate; known: {', '.join(RATES)} (29.97 is drop frame)")
    return RATES[name]


def parse_time(text: str | float, rate: Rate = RATES[DEFAULT_RATE]) -> float:
    """Read a time in seconds from a number, `1:12.4`, `0:01:12.4` or a timecode, which may name its own rate (`@25`).

    rate: the rate of timecodes that name none.

    Raises ValueError with the expected form.
    """
    if isinstance(text, (int, float)):
        return float(text)
    body, at, own = text.strip().partition("@")
    if at:
        rate = parse_rate(own)
    if _PLAIN.fullmatch(body):
        return float(body)
    label = _LABEL.fullmatch(body)
    if label and (";" in body or "." not in body):
        hours, minutes, seconds, frames = (int(part) for part in label.groups())
        return float(frame_number(hours, minutes, seconds, frames, rate, body) / rate.exact)
    clock = _CLOCK.fullmatch(body)
    if clock is None or float(clock[3]) >= 60 or (clock[1] is not None and int(clock[2]) >= 60):
        raise ValueError(f"'{text}' is no time; {_FORMS}")
    return int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + float(clock[3])


def frame_number(hours: int, minutes: int, seconds: int, frames: int, rate: Rate, text: str = "") -> int:
    """Return the number of a frame, from 0. Raises ValueError for a timecode that does not exist at this rate.

    text: the timecode as written, for the message.
    """
    shown = text or f"{hours:02}:{minutes:02}:{seconds:02}:{frames:02}"
    if minutes >= 60 or seconds >= 60:
        raise ValueError(f"'{shown}': minutes and seconds run from 0 to 59")
    if frames >= rate.labels:
        raise ValueError(
            f"'{shown}': there is no frame {frames} at {rate.name} frames per second; 0 to {rate.labels - 1}"
        )
    if rate.drop and seconds == 0 and frames < 2 and minutes % 10:
        raise ValueError(f"'{shown}' does not exist in drop frame: minutes but the tenth begin with frame 2")
    count = ((hours * 60 + minutes) * 60 + seconds) * rate.labels + frames
    if rate.drop:
        whole = hours * 60 + minutes
        count -= 2 * (whole - whole // 10)
    return count


def timecode(seconds: float, rate: Rate = RATES[DEFAULT_RATE]) -> str:
    """Return the timecode of the nearest frame; in drop frame a `;` stands before the frames."""
    count = max(0, round(seconds * rate.exact))
    if rate.drop:
        tens, left = divmod(count, 17982)  # frames in ten minutes: 10 * 60 * 30 - 9 * 2
        count += 18 * tens + (2 * ((left - 2) // 1798) if left >= 2 else 0)
    whole, frames = divmod(count, rate.labels)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02}{';' if rate.drop else ':'}{frames:02}"
