"""The whole way of one cue, from a brief to a performance; best of several; variants and levels."""
