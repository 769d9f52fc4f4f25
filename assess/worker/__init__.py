"""Does the work that nobody should have to wait for: claims jobs, and runs each in a child process of its own."""
