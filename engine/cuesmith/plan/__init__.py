"""Brief to plan: form, energy, keys, tempo."""
