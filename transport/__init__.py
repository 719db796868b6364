"""The Telegram edge: taking updates in, doing them in order, sending what is to be said."""
