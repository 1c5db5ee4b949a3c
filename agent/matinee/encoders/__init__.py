"""Embeddings and the cross-encoder, with their packaged weights."""
