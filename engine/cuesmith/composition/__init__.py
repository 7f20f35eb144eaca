"""The notes of a cue: melody, harmony, accompaniment, percussion."""
