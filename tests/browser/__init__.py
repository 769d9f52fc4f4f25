"""The whole way of a member through the survey, in a real browser."""
