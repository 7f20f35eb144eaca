"""The algebra and theory of music; imports nothing of ours."""
