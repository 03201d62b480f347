"""The ledger: what was done with personal data, provably unchanged (semantics section 9).

What it proves: a record that was made was not changed, removed or shown differently to different people who compare
checkpoints. What no log proves: that nothing happened outside the product, or that no copy of a key exists.

Everything here is pure: nonces, keys, instants and readers of stored bytes are handed in.
"""
