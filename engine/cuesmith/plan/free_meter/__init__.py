"""Free meter: breaths of unequal length in place of bars."""
