"""The nodes of the graphs: one module a node."""
