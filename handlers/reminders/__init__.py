"""Reminders: setting them, saying them at their time, the list of what waits."""
