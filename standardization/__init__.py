"""From a sector database to rows that keep the contract: sources, cleaning, SQL compiler, engine.

Judging the rows belongs in `quality`, keeping and publishing them in `lakehouse`.
"""
