"""What people write: models, loader, banks."""
