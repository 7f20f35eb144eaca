"""Compose whole shows: themes, briefs, album order, keys and tempi over the album, checks of the set."""
