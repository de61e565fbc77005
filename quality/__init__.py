"""Contract + rows → verdict, quarantine and accounts.

Here belong the scan that flags rows, the Great Expectations verdict on the candidate, and the
privacy gate over what would be open. Nothing here reads a source, cleans a value, writes to
object storage or publishes.
"""
