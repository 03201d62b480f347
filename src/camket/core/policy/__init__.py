"""The policy: from files that people read to clauses that the gate keeps."""
