"""The shop's own books: goods and sales of every shop, in a database of the shop's own."""
