"""Frames to screen."""
