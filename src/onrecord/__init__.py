"""OnRecord reads news reports and keeps a sourced incident ledger."""
