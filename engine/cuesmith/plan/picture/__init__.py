"""Hit points and scenes of the picture: bars and tempo that meet them."""
