"""How good the ranking is on requests that people wrote: `matinee eval`."""
