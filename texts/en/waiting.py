"""Waiting for an answer: thinking, standing in a queue, being stopped."""

THINKING = "Thinking…"
