"""The pages of what was found: what each shows, made from a stored diagnosis."""
