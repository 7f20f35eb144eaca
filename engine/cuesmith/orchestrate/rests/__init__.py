"""Rests: which instruments are silent in which bars, and which others play in their place."""
