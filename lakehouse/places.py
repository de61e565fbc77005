"""Where a row of a released version is: what its file and its number there are called.

Names only, which cost nothing to import. A column of a contract begins with a letter, so that none
can be called so.
"""

PLACE = FILE, ROW = ("_file", "_row")
"""Columns beside those of the table, in rows that are read with their place."""
