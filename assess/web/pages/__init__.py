"""What each page prints: one typed object a page, made of a visit; the templates only print it."""
