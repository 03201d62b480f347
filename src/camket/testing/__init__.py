"""A service for tests: the real store, key store, gate and ledger, with a clock and a mailbox that a test can hold.

The doubles are other objects, handed in where the real ones would be. Nothing here switches the gate or the ledger off.
"""
