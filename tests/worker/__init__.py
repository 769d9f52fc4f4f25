"""Tests of the background worker."""
