"""Finding records: the index on disk, the query grammar, ranking, facets and completion."""
