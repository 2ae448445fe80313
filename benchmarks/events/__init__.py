"""Event streams: what they cost the video, and how many events they take."""
