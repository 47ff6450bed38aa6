"""The ledger in the shape of other people's codebooks: one module and one table of columns for each, with what they share."""
