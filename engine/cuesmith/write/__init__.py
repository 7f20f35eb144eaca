"""What leaves the composer: MIDI files and pictures of a cue."""
