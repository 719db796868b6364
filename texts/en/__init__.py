"""The words in English."""
