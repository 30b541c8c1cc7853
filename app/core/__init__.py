"""The vocabulary every layer shares: time, geometry, pictures, results, events. Stdlib and numpy only."""
