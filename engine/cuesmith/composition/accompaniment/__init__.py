"""Accompaniment: textures, bass line, counter-line, gestures, vamps, endings."""
