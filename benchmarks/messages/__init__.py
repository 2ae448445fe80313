"""Messages to brokers: what they cost, and how many get there."""
