"""How loud each part is against the others."""
