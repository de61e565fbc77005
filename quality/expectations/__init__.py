"""Great Expectations as the judge: the only place that imports it.

Checks become expectations of four assets in one Checkpoint: ``landed`` (how many of the rows
just read keep each rule, with the tolerance as ``mostly``), ``candidate`` (no row that would
be served breaks an ERROR check, where Great Expectations has a native form for it),
``candidate_rules`` (the same where it has none, as a boolean column per rule) and ``measured``
(each table check's number lies within its bounds). It reads them by duckdb-engine over the
very connection of the run, all columns of an asset in one query: no copy, no pandas.

Adapted to Great Expectations 1.24: regular expressions do not work on DuckDB (`forms`);
connections close under a result (`quality.dbapi`); names go unquoted (`quality.dialect`); results
hold raw values and raw errors (`results`); it imports what is never used (`sparing`). A query for
each rule (UnexpectedRowsExpectation) works too, but reads the whole candidate twice for each.
Importing takes seconds: the process that `quality.judging` starts does it. What is asserted,
and what follows from an outcome, does not belong here.
"""

from contracts.garbage import kept
from quality.expectations.sparing import spared

with kept(), spared():
    from quality.expectations.checkpoint import ENGINE, Judgement, judge
    from quality.expectations.documents import pages

__all__ = ["ENGINE", "Judgement", "judge", "pages"]
