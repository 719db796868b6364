"""Stand-ins for the outside world: real HTTP servers that answer as the real ones do."""
