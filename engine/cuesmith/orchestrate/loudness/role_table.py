"""The usual level of each role relative to the lead, in decibels: where every mix begins.

`role_levels` then measures each cue, and lowers a role that is too loud in it.
"""

from __future__ import annotations

# decibels relative to the lead
ROLE_DB = {
    "guide": 1.0, "lead": 0.0, "counter": -5.0, "ostinato": -5.0, "pad": -9.0,
    "bass": -4.0, "pulse": -7.0, "impact": -5.0, "colour": -5.0,
}  # fmt: skip

# level of struck and plucked instruments; sustained ones lose as much, on average, through expression
STRUCK_DB = -3.5
