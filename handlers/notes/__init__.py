"""Handlers of notes."""
