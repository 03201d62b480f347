"""Goods and sales of a made-up shop for `camket demo`: through the same use cases as the pages, nothing past them."""
