"""Consent: what was said about it, and whether it is valid at an instant, and why not."""
