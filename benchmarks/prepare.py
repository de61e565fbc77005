"""What a benchmark needs before anything is timed; nothing here is measured.

The sample province in PostgreSQL, a folder of contracts in which ``service_case`` has iGate as
its only source, a home with the reference datasets released, these as plain Parquet files for
pandas, and the same input as an Arrow file for the physical limit.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

import adbc_driver_postgresql.dbapi as adbc
import duckdb
import psycopg
import pyarrow as pa
from psycopg import sql

from benchmarks.work import CONNECTION, DATASET, SOURCE, environment
from demo.province import make_province
from orchestration.outcomes import State
from orchestration.pipeline import run_dataset
from orchestration.platform import Platform, open_platform
from orchestration.references import register_served
from standardization.compiler import compile_mapping

REPOSITORY = Path(__file__).resolve().parent.parent
_IGATE_SHARE = 0.8475
"""Of a province's cases; the older system has the rest."""


def prepare(work: Path, rows: int) -> int:
    """Make everything in `work` and in the database; gives the rows of the case table.

    Raises:
        RuntimeError: a reference dataset was not released.
    """
    dsn = os.environ[CONNECTION]
    _make_database(dsn)
    province = make_province(work / "province", cases=round(rows / _IGATE_SHARE), dsn=dsn)
    shutil.rmtree(work / "datasets", ignore_errors=True)
    shutil.copytree(REPOSITORY / "datasets", work / "datasets")
    for mapping in (work / "datasets" / DATASET / "from").iterdir():
        if mapping.stem != SOURCE:
            mapping.unlink()
    platform = open_platform(environment(work, "home"))
    references = platform.catalogue_of_datasets.requires(DATASET)
    for name in platform.catalogue_of_datasets.datasets:
        if name in references:
            _release(platform, name)
    _keep_references(platform, references, work / "references")
    query = _query(platform)
    _keep_input(dsn, query, work / "input.arrow")
    plan = {"query": query, "pseudonym_key": platform.pseudonym_key.hex()}
    (work / "plan.json").write_text(json.dumps(plan))
    return province.rows["igate"]


def _make_database(dsn: str) -> None:
    """The database of `dsn`, unless it is there."""
    name = urlsplit(dsn).path.strip("/")
    server = urlsplit(dsn)._replace(path="/postgres").geturl()
    with psycopg.connect(server, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if known.fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _release(platform: Platform, name: str) -> None:
    outcome = run_dataset(platform, name)
    if outcome.state not in (State.RELEASED, State.UNCHANGED):
        message = f"{name}: {outcome.state}, {[fault.check for fault in outcome.faults]}"
        raise RuntimeError(message)


def _keep_references(platform: Platform, names: tuple[str, ...], folder: Path) -> None:
    """The released references as an analyst would be given them."""
    folder.mkdir(exist_ok=True)
    with duckdb.connect() as connection:
        for name in names:
            release = platform.releases.latest(name)
            contract = platform.dataset(name).contract
            register_served(connection, name, platform.stores, release, contract)
            connection.execute(f"COPY {name} TO '{folder / name}.parquet'")


def _query(platform: Platform) -> str:
    """SELECT of the columns that the mapping reads: what every contender starts from."""
    dataset = platform.dataset(DATASET)
    (mapping,) = dataset.mappings
    ((table, columns),) = compile_mapping(dataset.contract, mapping).needed.items()
    names = ", ".join(f'"{column}"' for column in columns)
    return f'SELECT {names} FROM {SOURCE}."{table}"'


def _keep_input(dsn: str, query: str, path: Path) -> None:
    with adbc.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        reader = cursor.fetch_record_batch()
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, reader.schema) as out:
            for batch in reader:
                out.write_batch(batch)


def main() -> None:
    """Run as a module; the result goes to standard output as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--rows", type=int, required=True)
    options = parser.parse_args()
    json.dump({"rows": prepare(options.work, options.rows)}, sys.stdout)


if __name__ == "__main__":
    main()
