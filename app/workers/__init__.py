"""Threads of the window: Qt signals, no widgets."""
