"""Carriers of mail: a relay over SMTP, and the development mailbox in memory."""
