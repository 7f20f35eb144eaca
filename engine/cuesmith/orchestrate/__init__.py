"""Turn composed passages into parts, then edit the score: rests, hits, clashes, doublings, breath, loudness."""
