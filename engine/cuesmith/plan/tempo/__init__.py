"""Tempo maps that end exactly on the requested second."""
