"""Who and what: accounts, devices, keys, signatures, receipts and the audit chain's arithmetic (no database here)."""
