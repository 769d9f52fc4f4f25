"""Pure thinking: answers to measures to conclusions; no clock, no session, no files."""
