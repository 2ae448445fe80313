"""The command line: ``gst-pylaunch``."""
