"""The styles that ship with Cuesmith: YAML only."""
