"""Check finished music against quality rules (styles/banks/rules.yaml) and give it a score."""
