"""Printers that the server reaches: those with an address in a network that the operator allows."""
