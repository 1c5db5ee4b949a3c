"""The chat model: opened by name, asked in turn, streamed within limits."""
