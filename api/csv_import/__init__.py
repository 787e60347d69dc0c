"""Plans and registrations from CSV files as a planning system exports them: read, map, hold against the ledger, store."""
