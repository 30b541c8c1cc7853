"""The headless commands: no Qt on this path."""
