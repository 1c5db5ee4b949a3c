"""The evidence writer: reasons composed from the catalogue's own facts, each claim with what supports it."""
