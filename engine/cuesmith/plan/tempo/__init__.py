"""Tempo maps that end on the asked second."""
