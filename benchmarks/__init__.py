"""Ratios measured within one run, on data each builds itself; `make bench` prints them as one JSON object."""
