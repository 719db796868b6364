"""What every model provider shares: the request, the stream, retries, errors, deadlines."""
