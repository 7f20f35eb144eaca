"""Write the notes of a cue: harmony, melody, accompaniment, percussion."""
