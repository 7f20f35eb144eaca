"""Everything under the tune: textures, bass, counter-line, gestures, endings."""
