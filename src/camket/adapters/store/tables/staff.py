"""Staff: accounts, their sessions, and what they prove themselves with."""
