"""What authors write, read strictly into frozen objects."""
