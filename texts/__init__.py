"""Every word the bot says, in Russian, one file a subject. Decides nothing."""
