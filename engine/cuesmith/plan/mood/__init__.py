"""Where a cue lies between sad and glad, calm and excited, and what that does to its plan."""
