"""Reelscope: shows what is in a video, found on the user's own machine, in memory."""

__version__ = "0.1.0"
