"""Percussion: choose grooves, vary them bar by bar, and write strokes in free meter."""
