"""A service that runs on the privacy policy that it publishes."""
