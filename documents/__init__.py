"""Documents that people send, read into text by a process of its own. Knows no bot."""
