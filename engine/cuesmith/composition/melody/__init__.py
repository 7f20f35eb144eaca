"""Melody: laid out before there are chords, then fitted to them."""
