"""Cuesmith: procedural cues for anime scores."""
