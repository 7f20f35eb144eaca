"""Music theory as pure functions and frozen data: notes, meters, chords, scales, tempo.

It imports no other folder of Cuesmith.
"""
