"""Score to performance."""
