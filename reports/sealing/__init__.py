"""The seal: issuing, what is kept and how it is looked after, signatures, the answer to a stranger who asks."""
