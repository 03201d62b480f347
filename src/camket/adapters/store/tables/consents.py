"""What was asked of subjects and what they answered: a history that only grows."""
