"""Harmony: progressions, cadences, changes of key, substitutions, chord colours."""
