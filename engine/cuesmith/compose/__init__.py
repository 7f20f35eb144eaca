"""Plan to score: harmony, melody, bass, textures, percussion, endings."""
