"""The faces of matinee: the command line."""
