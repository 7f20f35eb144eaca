"""Turn a brief into a plan: form, bars, meters, keys, mood and tempo of a cue, before any note is written."""
