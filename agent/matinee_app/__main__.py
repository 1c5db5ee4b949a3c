"""`python -m matinee_app` is the command `matinee`."""

from matinee_app.cli import main

main()
