"""Notices of policy versions, and what became of each for each subject."""
