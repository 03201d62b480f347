"""Passkeys, of customers and of staff."""
