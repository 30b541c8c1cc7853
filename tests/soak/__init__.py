"""The long trials: `python3 dev.py soak`."""
