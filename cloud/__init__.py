"""The bot without a machine of its own: an object in a bucket is what lasts between its calls."""
