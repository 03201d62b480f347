"""What the ports promise, kept by real stores, keys and relays; only `camket.bootstrap` imports from here."""
