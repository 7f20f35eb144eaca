"""Sections: how many, how long, in which meters."""
