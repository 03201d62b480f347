"""One file per area of the store, all of one shape: the statements first, then a class with a method for each."""
