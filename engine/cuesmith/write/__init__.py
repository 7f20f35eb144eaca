"""MIDI and JSON."""
