"""The graphs: one module a graph."""
