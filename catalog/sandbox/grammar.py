"""Reading a stranger's SQL: exactly one SELECT of listed parts, or a refusal.

The text is read in PostgreSQL's dialect, as CKAN's clients write it, and never run: DuckDB
gets SQL made anew from the checked tree, in which every table is a name of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import TokenError

from catalog.sandbox.lists import CLAUSES, FUNCTIONS, MAXIMUM_BYTES, NODES, TYPES
from catalog.sandbox.refusals import SqlRefusedError
from contracts.sql import PARSER_ERRORS, function_nodes

ROW = "_id"
_OURS = "§"
"""Begins every name of ours; a question that holds it anywhere is refused."""
_NAMES = {
    "group_concat": "string_agg",
    "pad": "lpad",
    "str_position": "position",
    "time_to_str": "to_char",
    "timestamp_trunc": "date_trunc",
}
"""What PostgreSQL calls functions that sqlglot calls otherwise."""
_KEYWORDS = {"GROUP": "GROUP BY", "ORDER": "ORDER BY"}
_STARTS = frozenset(name.partition(" ")[0] for _node, name in CLAUSES) | {"SELECT"}


@dataclass(frozen=True)
class CheckedSelect:
    """A SELECT that may be run. `tables` are the names it reads, as written."""

    tree: exp.Query
    tables: tuple[str, ...]

    @property
    def numbered(self) -> bool:
        """Whether it asks for the row's number, which costs reading in one thread."""
        return any(column.name == ROW for column in self.tree.find_all(exp.Column))

    def to_sql(self, relations: Mapping[str, str]) -> str:
        """DuckDB SQL over `relations`: table as written → relation in DuckDB. Names that WITH
        makes become ours too: out of its scope such a name must not find a relation of
        DuckDB's own."""
        tree = self.tree.copy()
        tables = [(table, _is_made(table)) for table in tree.find_all(exp.Table)]
        for cte in tree.find_all(exp.CTE):
            cte.args["alias"].set("this", _identifier(f"{_OURS}{cte.alias}"))
        for table, made in tables:
            name = f"{_OURS}{table.name}" if made else relations[table.name]
            alias = table.args.get("alias")
            columns = alias.args.get("columns") if alias else None
            called = exp.TableAlias(this=_identifier(table.alias or table.name), columns=columns)
            table.set("alias", called)
            table.set("this", _identifier(name))
        return tree.sql(dialect="duckdb", comments=False)


def relation_name(number: int) -> str:
    """What the relation of the table of this number is called."""
    return f"{_OURS}{number}"


def check_select(text: str) -> CheckedSelect:
    """The checked SELECT in `text`.

    Raises:
        SqlRefusedError: ``sql.too_long``, ``sql.syntax``, ``sql.statements``,
            ``sql.not_select``, ``sql.part``, ``sql.function``, ``sql.type``, ``sql.table``,
            ``sql.recursive`` or ``sql.name``.
    """
    if len(text.encode("utf-8", "replace")) > MAXIMUM_BYTES:
        raise SqlRefusedError("sql.too_long")
    tree = _one(text)
    if _OURS in text:
        raise SqlRefusedError("sql.name")
    for node in tree.walk():
        _check(node)
    tables = dict.fromkeys(table.name for table in tree.find_all(exp.Table) if not _is_made(table))
    _name_columns(tree)
    return CheckedSelect(tree, tuple(tables))


def clause_at(text: str, position: int) -> str:
    """The clause of DuckDB SQL in which a byte position lies."""
    found = ""
    try:
        tokens = sqlglot.tokenize(text, read="duckdb") if position >= 0 else []
    except TokenError:
        return found
    for token in tokens:
        if len(text[: token.start].encode()) > position:
            break
        word = token.text.upper().partition(" ")[0]
        if word in _STARTS and token.token_type.name not in ("STRING", "IDENTIFIER"):
            found = _KEYWORDS.get(word, word)
    return found


def _one(text: str) -> exp.Query:
    try:
        trees = sqlglot.parse(text, read="postgres")
    except PARSER_ERRORS:
        raise SqlRefusedError("sql.syntax") from None
    statements = [tree for tree in trees if tree is not None]
    if len(statements) > 1:
        raise SqlRefusedError("sql.statements")
    if not statements:
        raise SqlRefusedError("sql.syntax")
    tree = statements[0]
    if not isinstance(tree, exp.Select | exp.SetOperation):
        raise SqlRefusedError("sql.not_select")
    return tree


def _check(node: exp.Expr) -> None:
    if isinstance(node, exp.Anonymous):
        if node.name.lower() not in FUNCTIONS or isinstance(node.parent, exp.Dot):
            raise SqlRefusedError("sql.function", _clause_of(node), node.name)
    elif type(node) not in NODES and type(node) not in function_nodes(FUNCTIONS):
        if isinstance(node, exp.Func):
            raise SqlRefusedError("sql.function", _clause_of(node), node.sql_name().lower())
        raise SqlRefusedError("sql.part", _clause_of(node))
    if isinstance(node, exp.DataType) and node.this not in TYPES:
        raise SqlRefusedError("sql.type", _clause_of(node))
    if isinstance(node, exp.Table) and not isinstance(node.this, exp.Identifier):
        name = node.this.name if isinstance(node.this, exp.Anonymous) else node.this.sql_name()
        raise SqlRefusedError("sql.function", _clause_of(node), name.lower())
    if isinstance(node, exp.Table) and (node.db or node.catalog):
        raise SqlRefusedError("sql.table", _clause_of(node), node.name)
    if isinstance(node, exp.With) and node.recursive:
        raise SqlRefusedError("sql.recursive", "WITH")


def _is_made(table: exp.Table) -> bool:
    """Whether a name in FROM is one that a WITH around it makes: of an enclosing query's own
    WITH, but not within the very part that makes it nor in those before."""
    inside: exp.Expr = table
    above = table.parent
    while above is not None:
        clause = above.args.get("with_") if isinstance(above, exp.Query) else None
        visible: list[exp.Expr] = []
        if clause is not None and clause is not inside:
            visible = clause.expressions
        elif isinstance(above, exp.With):
            visible = above.expressions[: [id(one) for one in above.expressions].index(id(inside))]
        if any(cte.alias == table.name for cte in visible):
            return True
        inside, above = above, above.parent
    return False


def _clause_of(node: exp.Expr) -> str:
    above: exp.Expr | None = node
    while above is not None:
        for kind, name in CLAUSES:
            if isinstance(above, kind):
                return name
        above = above.parent
    return "SELECT"


def _name_columns(tree: exp.Query) -> None:
    """What has no name is called as PostgreSQL calls it: a call after its function."""
    select = tree
    while isinstance(select, exp.SetOperation):
        select = select.left
    for column in list(select.expressions):
        called = column
        while isinstance(called, exp.Window | exp.Filter | exp.WithinGroup):
            called = called.this
        if isinstance(called, exp.Alias | exp.Column | exp.Star):
            continue
        name = ""
        if isinstance(called, exp.Cast) and isinstance(called.this, exp.Column):
            name = called.name
        elif isinstance(called, exp.Anonymous):
            name = called.name.lower()
        elif isinstance(called, exp.Func) and not isinstance(called, exp.Connector | exp.Case):
            name = called.sql_name().lower()
        column.replace(exp.alias_(column.copy(), _NAMES.get(name, name) or "?column?", quoted=True))


def _identifier(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)
