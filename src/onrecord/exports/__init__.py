"""The ledger for others: files, tables, terminal output, JSON, each from the same rows."""
