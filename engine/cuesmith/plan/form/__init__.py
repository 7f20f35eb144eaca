"""The form of a cue: how many sections, how many bars each has, and in which meters."""
