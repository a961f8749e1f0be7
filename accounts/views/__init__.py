"""Which of the rules, in what order: entering and leaving, users, their invitations."""
