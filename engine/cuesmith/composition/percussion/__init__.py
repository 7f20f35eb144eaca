"""Drums: which groove, bar by bar, and strokes in free meter."""
