"""Leitmotifs: write, transform, combine and compare them."""
