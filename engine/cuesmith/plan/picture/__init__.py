"""How the picture decides form and tempo: hit points, beats of the story, broadcast lengths."""
