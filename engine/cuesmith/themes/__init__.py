"""Leitmotifs: invented, developed, judged, given, and how they come back."""
