"""One question to a model and its answer. Knows no Telegram."""
