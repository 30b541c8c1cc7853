"""The vocabulary every layer shares: time, geometry, pictures, results, events. Standard library and numpy only."""
