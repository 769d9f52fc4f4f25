"""A stored diagnosis in, a report out: the view holds every sentence and number, the templates only print them."""
