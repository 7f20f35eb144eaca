"""The tune: laid out before there are chords, then written onto them."""
