"""Demonstration worlds: made from a seed, by the country pack's names, each row marked as demonstration data."""
