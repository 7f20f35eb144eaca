"""Chords: progressions, substitutions, modulations, cadences."""
