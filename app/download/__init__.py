"""Files from the network: whole, checked and under their name, or not at all."""
