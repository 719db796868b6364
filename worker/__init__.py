"""Stored tasks done in order, with retries, whatever ends the process."""
