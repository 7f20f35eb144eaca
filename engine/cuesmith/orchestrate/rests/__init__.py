"""Who rests where, and who plays instead."""
