"""One file for each group of benchmarks; each has a tuple BENCHMARKS."""
