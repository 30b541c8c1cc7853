"""How the bundled sample was made: the clip with its truth, and the detector for it."""
