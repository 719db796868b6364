"""The Bot API's edge: requests, updates, messages as Telegram takes them."""
