"""The mood of a cue (valence, arousal, tension), and what it changes in the plan."""
