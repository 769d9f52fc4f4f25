"""The survey site: pages in, workflow verbs out."""
