"""Films from files into the index."""
