"""The engine in a process of its own: a crash of native code costs the job and nothing else."""
