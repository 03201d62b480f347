"""Policies in the making: drafts, and who approved them."""
