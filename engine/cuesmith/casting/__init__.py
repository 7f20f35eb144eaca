"""Who plays, and how low or high, before a note is written."""
