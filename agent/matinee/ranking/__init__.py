"""Order: fusion of signals, quality, and which demand gives way."""
