"""The cue set."""
