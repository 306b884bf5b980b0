"""Commands of the counting engine."""
