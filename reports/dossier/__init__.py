"""The evidence dossier of a year: criteria as data, what was measured, the score, the evidence, the package."""
