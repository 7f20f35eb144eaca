"""Leitmotifs: invent, transform, identify, fit."""
