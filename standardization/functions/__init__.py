"""The cleaning functions that mappings call in their SQL expressions.

Each is documented for the public, carries real examples and runs inside DuckDB. Adding one means
adding an entry to the module named for what it cleans. What a particular dataset does with them
belongs in its mapping, never here.
"""

from standardization.functions.registry import FUNCTIONS, register
from standardization.functions.spec import SqlFunction

__all__ = ["FUNCTIONS", "SqlFunction", "register"]
