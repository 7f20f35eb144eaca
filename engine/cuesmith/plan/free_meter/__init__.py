"""Music without bars: breaths of unlike length."""
