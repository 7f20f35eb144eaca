"""Compose one cue: draft, editing steps, the best of several attempts, variants and intensity levels."""
