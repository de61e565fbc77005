"""Finding records: the query grammar and the index held in memory."""
