"""What camket writes to its customers: our own words, in Vietnamese and English, with closed sets of places to fill."""
