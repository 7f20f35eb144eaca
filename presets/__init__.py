"""Shows that ship with Cuesmith: YAML only."""
