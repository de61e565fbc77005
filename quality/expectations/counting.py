"""Great Expectations' own expectations of single rows, which count and ask for no value.

As they are, each asks for the values that fail, if only for none of them: a query more for every
check, which is planned like any other. Which expectation stands for which check is
`quality.expectations.forms`.
"""

from __future__ import annotations

from typing import Any

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
from great_expectations.validator.validator import ValidationDependencies


class _Counted:
    """Before one of Great Expectations' classes: the values that fail are no metric of it."""

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
