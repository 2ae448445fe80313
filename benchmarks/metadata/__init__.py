"""What reading metadata costs, per object and per buffer."""
