"""Reviewing what agencies sent: the queue, what changed, what looks wrong, remarks and decisions."""
