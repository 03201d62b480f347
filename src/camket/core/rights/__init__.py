"""Requests to exercise a right: when they are due, what proof they need, what an erasure asks the subject to accept."""
