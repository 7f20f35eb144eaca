"""Rows of the tables under styles/banks, and their loader."""
