"""Casting: which instrument plays each seat, who leads in each section, and in which octave a melody lies.

It happens before notes are written, because an accompaniment must know the range of its instrument.
"""
