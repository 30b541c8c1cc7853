"""Benchmarks: ratios against peers, in the same run, on the same files. `python3 dev.py bench`."""
