"""Cost of tracking: nvtracker's tracker on metadata against ByteTrack of PyPI's `trackers`."""
