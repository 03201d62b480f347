"""The JSON API that the shop's own pages call; each module has `routes(shop)`."""
