"""Models and writers: embeddings, cross-encoder, chat, and reasons from evidence."""
