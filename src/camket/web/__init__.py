"""The pages, the published ledger and the API: an ASGI application over the services."""
