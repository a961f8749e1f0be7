"""A plan from its first row to its last amendment: drafting, checking, versions, and the steps between."""
