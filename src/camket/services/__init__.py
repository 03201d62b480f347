"""Use cases: one verb per function, one unit of work each. `access` is the door: all personal data goes through it."""
