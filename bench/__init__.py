"""Measurements of the real process against the emulated servers; each prints rows of a table."""
