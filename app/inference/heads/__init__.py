"""Detector heads: one file for each output layout."""
