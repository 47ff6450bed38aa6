"""Exports in the shape of other codebooks: one module and one table of columns each."""
