"""Write files: MIDI, piano-roll pictures, the explanation of a cue, theme pages."""
