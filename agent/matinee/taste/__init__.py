"""What viewers like."""
