"""What the exit codes mean."""

DONE = 0
FAILED = 1
"""Something failed; a line on standard error names the file and the reason."""
USAGE = 2
"""Wrong usage, a file that is not there included."""
INTERRUPTED = 130
"""Stopped by Ctrl+C."""
