"""Frames between processes: cuframes and its peers."""
