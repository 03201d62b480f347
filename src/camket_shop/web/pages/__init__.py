"""Pages, one module per part of the shop; each has `routes(shop)`."""
