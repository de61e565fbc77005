"""The registry: CKAN-shaped records in one database, and the public copy of it."""
