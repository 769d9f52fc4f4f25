"""Tests of inference, evaluation and their agreement."""
