"""Detection on a video file: our pipeline, its floor, and the loop one would write by hand."""
