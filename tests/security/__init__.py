"""Tests of what the site withstands."""
