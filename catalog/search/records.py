"""`catalog.context.Records` over one state of the index, limited to what its asker may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from tantivy import DocAddress, Occur, Query

from catalog.search.facets import count_values
from catalog.search.sorting import NEWEST_WITHDRAWN
from catalog.search.state import Body, State
from catalog.search.visibility import PACKAGES, Form, package_forms, visible

_MOST_COLLECTIONS = 10_000
_MOST_WITHDRAWALS = 1000
_NAMES_AT_ONCE = 1_000_000


class IndexRecords:
    """Records of `state` as holders of `labels` (None: everything) see them."""

    def __init__(self, state: State, labels: frozenset[str] | None) -> None:
        self._state = state
        self._labels = labels

    def package(self, id_or_name: str) -> Body | None:
        """One package with resources, tags, groups, extras and organisation."""
        place = self._place("ref", id_or_name, PACKAGES)
        return None if place is None else self._state.body(place)

    def packages(self, ids: Sequence[str]) -> list[Body]:
        """The packages of `ids` that exist, in that order."""
        return [found for one in ids if (found := self.package(one)) is not None]

    def package_names(
        self, *, include_private: bool = False, include_drafts: bool = False
    ) -> Sequence[str]:
        """Names of all packages, sorted; private ones and drafts only when asked for."""
        forms = package_forms(private=include_private, drafts=include_drafts)
        return self._state.keep(
            ("names", self._labels, forms), lambda: self._names(self._visible(forms))
        )

    def withdrawn(self, id_or_name: str) -> Body | None:
        """What is told of a withdrawn dataset, by its id or name or by a resource's id."""
        for field in ("ref", "res"):
            if (place := self._place(field, id_or_name, [Form.WITHDRAWN])) is not None:
                return self._state.body(place)
        return None

    def withdrawals(self, limit: int) -> list[Body]:
        """What is told of withdrawn datasets, the newest withdrawal first."""
        seen = self._visible([Form.WITHDRAWN])
        rows = max(0, min(limit, _MOST_WITHDRAWALS))
        page = self._state.sorter.page(seen, NEWEST_WITHDRAWN, 0, rows)
        return [self._state.body(place) for place in page.places]

    def activity(self, id_or_name: str) -> tuple[Body, ...]:
        """What was done to a package, newest first."""
        place = self._place("ref", id_or_name, PACKAGES)
        return () if place is None else self._state.activity(place)

    def resource(self, resource_id: str) -> Body | None:
        """One resource, with its ``package_id``."""
        place = self._place("res", resource_id, PACKAGES)
        if place is None:
            return None
        package = self._state.body(place)
        found = next(one for one in package["resources"] if one["id"] == resource_id)
        return {**found, "package_id": package["id"]}

    def organizations(self) -> Sequence[Body]:
        """Every organisation with ``package_count``, by name."""
        return list(self._collections(Form.ORGANIZATION, "organization").values())

    def organization(self, id_or_name: str) -> Body | None:
        """One organisation."""
        return _named(self._collections(Form.ORGANIZATION, "organization"), id_or_name)

    def groups(self) -> Sequence[Body]:
        """Every group (theme) with ``package_count``, by name."""
        return list(self._collections(Form.GROUP, "groups").values())

    def group(self, id_or_name: str) -> Body | None:
        """One group (theme)."""
        return _named(self._collections(Form.GROUP, "groups"), id_or_name)

    def tags(self) -> Sequence[str]:
        """Names of the tags in use, sorted."""

        def counted() -> list[str]:
            seen = self._visible([Form.ACTIVE])
            counts = count_values(self._state.searcher, seen, ["tags"])["tags"]
            return sorted(value for value, _count in counts)

        return self._state.keep(("tags", self._labels), counted)

    def _collections(self, form: Form, field: str) -> Mapping[str, Body]:
        """Name → collection, by name."""

        def counted() -> dict[str, Body]:
            seen = self._visible([Form.ACTIVE])
            counts = dict(count_values(self._state.searcher, seen, [field])[field])
            found = self._state.bodies(self._visible([form]), _MOST_COLLECTIONS)
            return {
                one["name"]: {**one, "package_count": counts.get(one["name"], 0)}
                for one in sorted(found, key=lambda one: str(one["name"]))
            }

        return self._state.keep((form, self._labels), counted)

    def _names(self, seen: Query) -> list[str]:
        terms: Callable[..., list[tuple[str, int]]] = self._state.searcher.terms_with_prefix
        return sorted(name for name, _count in terms("k_name", "", seen, _NAMES_AT_ONCE))

    def _place(self, field: str, value: str, forms: Iterable[Form]) -> DocAddress | None:
        named = Query.term_query(self._state.schema, field, value, "basic")
        return self._state.first(
            Query.boolean_query([(Occur.Must, named), (Occur.Must, self._visible(forms))])
        )

    def _visible(self, forms: Iterable[Form]) -> Query:
        return visible(self._state.schema, self._labels, forms)


def _named(collections: Mapping[str, Body], id_or_name: str) -> Body | None:
    if (found := collections.get(id_or_name)) is not None:
        return found
    return next((one for one in collections.values() if one["id"] == id_or_name), None)
