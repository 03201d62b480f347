"""The API at `/api/v1`: JSON, OpenAPI 3.1, problem details (RFC 9457). It reads no cookie."""
