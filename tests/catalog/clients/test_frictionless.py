"""frictionless-py's CKAN adapter, really run."""

from __future__ import annotations

from frictionless import Catalog, Package, portals

from tests.catalog.clients.conftest import Catalogue


def test_reads_a_package_with_its_schema(catalogue: Catalogue) -> None:
    control = portals.CkanControl(baseurl=catalogue.url, dataset="schools")
    package = Package(control=control)
    assert package.title == "Trường học"
    table = next(one for one in package.resources if one.format == "csv")
    assert "pupils" in {field.name for field in table.schema.fields}
    assert table.hash


def test_reads_rows_with_the_types_of_the_schema(catalogue: Catalogue) -> None:
    control = portals.CkanControl(baseurl=catalogue.url, dataset="schools")
    table = next(one for one in Package(control=control).resources if one.format == "csv")
    rows = table.read_rows(size=7)
    assert (rows[6]["code"], rows[6]["pupils"]) == ("0007", 49)


def test_reads_the_whole_catalogue(catalogue: Catalogue) -> None:
    found = Catalog(control=portals.CkanControl(baseurl=catalogue.url, num_packages=1000))
    names = {dataset.package.name for dataset in found.datasets}
    assert names == set(catalogue.action("package_list"))


def test_reads_one_organisation_and_one_group(catalogue: Catalogue) -> None:
    by_organization = portals.CkanControl(baseurl=catalogue.url, organization_name="so-giao-thong")
    assert len(Catalog(control=by_organization).datasets) == 3
    by_group = portals.CkanControl(baseurl=catalogue.url, group_id="moi-truong", num_packages=1)
    assert len(Catalog(control=by_group).datasets) == 1
