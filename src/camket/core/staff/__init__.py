"""Who works for the operator: their roles, and the rules of what they sign in with."""
