"""Tests of the survey site."""
