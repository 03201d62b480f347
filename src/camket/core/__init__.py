"""The pure core: handed the time, facts and keys; no clock, socket, file, database or log."""
