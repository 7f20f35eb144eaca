"""Files: MIDI, piano-roll, explanation, theme pages."""
