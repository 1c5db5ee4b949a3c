"""SQL that a model wrote: `guard` says whether it may run, `runner` runs it, `roles` makes the role that it runs as."""
