"""The words in Russian."""
