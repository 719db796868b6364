"""What the bot does, a family of commands a file. Handlers return what to say and never send."""
