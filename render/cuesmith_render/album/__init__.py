"""Albums: batch rendering and the listening page."""
