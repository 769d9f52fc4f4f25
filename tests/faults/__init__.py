"""What is done to the running site: killed, cut off, filled up, torn; and what must be left of it."""
