"""Helpers around GStreamer, pyds and Python's import system."""
