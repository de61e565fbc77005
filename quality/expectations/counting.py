"""Great Expectations' own expectations, without what makes them slow.

As they are, those of single rows ask for the values that fail, if only for none of them: a query
more for every check, which is planned like any other. And each describes itself anew whenever it
is asked, eighty times a run. Which expectation stands for which check is
`quality.expectations.forms`.
"""

from __future__ import annotations

from typing import Any

from great_expectations.compatibility.pydantic import PrivateAttr
from great_expectations.expectations.core.expect_column_value_lengths_to_be_between import (
    ExpectColumnValueLengthsToBeBetween,
)
from great_expectations.expectations.core.expect_column_values_to_be_between import (
    ExpectColumnValuesToBeBetween,
)
from great_expectations.expectations.core.expect_column_values_to_be_in_set import (
    ExpectColumnValuesToBeInSet,
)
from great_expectations.expectations.core.expect_column_values_to_be_unique import (
    ExpectColumnValuesToBeUnique,
)
from great_expectations.expectations.core.expect_column_values_to_not_be_null import (
    ExpectColumnValuesToNotBeNull,
)
from great_expectations.expectations.core.expect_compound_columns_to_be_unique import (
    ExpectCompoundColumnsToBeUnique,
)
from great_expectations.expectations.core.expect_table_row_count_to_be_between import (
    ExpectTableRowCountToBeBetween,
)
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.validator.validator import ValidationDependencies


class _Described(Expectation):
    """Before one of Great Expectations' classes: its configuration is read out of it once.

    Nothing of it changes once it is made but the id, which its suite gives it.
    """

    _said: ExpectationConfiguration | None = PrivateAttr(None)

    @property
    def configuration(self) -> ExpectationConfiguration:
        """One of its own for everyone who asks: they write into it."""
        if self._said is None or self._said.id != self.id:
            above: Any = super()
            self._said = above.configuration
        said = self._said
        return ExpectationConfiguration(
            type=said.type,
            kwargs=dict(said.kwargs),
            meta=dict(said.meta),
            notes=said.notes,
            description=said.description,
            severity=said.severity,
            id=said.id,
            rendered_content=self.rendered_content,
        )


class _Counted(_Described):
    """The values that fail are no metric of it, either."""

    def get_validation_dependencies(self, *args: Any, **kwargs: Any) -> ValidationDependencies:
        """The metrics that are computed."""
        above: Any = super()
        found: ValidationDependencies = above.get_validation_dependencies(*args, **kwargs)
        found.remove_metric_configuration(f"{above.map_metric}.unexpected_values")
        return found


class ExpectCountedValuesToNotBeNull(_Counted, ExpectColumnValuesToNotBeNull):
    """How many values are NULL."""


class ExpectCountedValuesToBeInSet(_Counted, ExpectColumnValuesToBeInSet):
    """How many values are not in the set."""


class ExpectCountedValuesToBeBetween(_Counted, ExpectColumnValuesToBeBetween):
    """How many values are out of bounds."""


class ExpectCountedLengthsToBeBetween(_Counted, ExpectColumnValueLengthsToBeBetween):
    """How many texts are too short or too long."""


class ExpectCountedValuesToBeUnique(_Counted, ExpectColumnValuesToBeUnique):
    """How many values occur more than once."""


class ExpectCountedCompoundColumnsToBeUnique(_Counted, ExpectCompoundColumnsToBeUnique):
    """How many rows have the values of another one."""


class ExpectCountedRowsToBeBetween(_Described, ExpectTableRowCountToBeBetween):
    """How many rows there are."""
