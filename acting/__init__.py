"""What a model may do for whoever asks it: look and act, but nothing that cannot be taken back."""
