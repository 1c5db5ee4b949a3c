"""`python -m matinee_app` is the command `matinee`."""

from matinee_app.cli.main import main

main()
