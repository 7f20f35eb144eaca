"""How far each role stands under the tune, in decibels."""

from __future__ import annotations

# decibels against the lead
ROLE_DB = {
    "guide": 1.0, "lead": 0.0, "counter": -5.0, "ostinato": -5.0, "pad": -9.0,
    "bass": -4.0, "pulse": -7.0, "impact": -5.0, "colour": -5.0,
}  # fmt: skip

# what struck and plucked instruments are brought down by: held ones lose as much, on average, by their expression
STRUCK_DB = -3.5
