"""The loudness of the parts relative to one another."""
