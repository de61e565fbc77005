"""The vocabulary every room shares, and the reading and linting of ``datasets/``.

Here belong frozen types (`Contract`, `SourceMapping`, `Check`, `Verdict`, `Release`), the
loader and linter of contracts and mappings, error and translation helpers. Nothing here
reads a sector database, writes to object storage or knows Dagster, Great Expectations or
HTTP.
"""
