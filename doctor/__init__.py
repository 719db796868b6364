"""`python bot.py --check`: looks at all that the bot depends on, and changes nothing."""
