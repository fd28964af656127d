"""The boundary to SQLite: everything that lasts."""
