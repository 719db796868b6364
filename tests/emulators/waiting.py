"""How long a wait lasts that is in vain."""

WAIT_S = 60.0  # bounds failures only: what is waited for comes sooner, on a busy machine too
