"""The engine's guards, each shown by what goes wrong without it."""

import os
import signal
import sqlite3
import sqlite3.dbapi2
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from cli_helpers import refused, run, unprivileged
from samples import article, item, numbered
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import InvalidRequestError, OperationalError

from archive import Archive, database, schema, stored
from archive.errors import DatabaseError, StorageError

INSERT = text("INSERT INTO removal (sha256, removed) VALUES (:name, 'x')")


@pytest.fixture
def engine(path: Path) -> Iterator[Engine]:
    made = database.make_engine(path)
    database.keep_log(made)
    yield made
    made.dispose()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for a lock that no one will give back."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)


@pytest.fixture
def careless_build(monkeypatch: pytest.MonkeyPatch) -> None:
    """An SQLite built with other defaults, as some systems ship it."""
    connect: Callable[..., sqlite3.Connection] = sqlite3.dbapi2.connect

    def careless(*args: object, **options: object) -> sqlite3.Connection:
        connection = connect(*args, **options)
        for default in (
            *("synchronous = NORMAL", "secure_delete = OFF", "foreign_keys = OFF"),
            *("trusted_schema = ON", "cell_size_check = OFF"),
        ):
            connection.execute(f"PRAGMA {default}")
        return connection

    monkeypatch.setattr(sqlite3.dbapi2, "connect", careless)


def writing(engine: Engine) -> Connection:
    return engine.connect().execution_options(**{database.WRITE: True})


def driver(connection: Connection) -> sqlite3.Connection:
    found = connection.connection.driver_connection
    assert isinstance(found, sqlite3.Connection)
    return found


def names(path: Path) -> list[str]:
    """The names that another program finds in the archive."""
    connection = sqlite3.connect(path)
    found = [name for (name,) in connection.execute("SELECT sha256 FROM removal ORDER BY 1")]
    connection.close()
    return found


def settings(engine: Engine, name: str) -> set[object]:
    """The value of a pragma on each of several connections of the pool."""
    with ExitStack() as stack:
        connections = [stack.enter_context(engine.connect()) for _ in range(4)]
        assert len({id(driver(connection)) for connection in connections}) == 4
        return {database.pragma(connection, name)[0][0] for connection in connections}


@pytest.mark.usefixtures("careless_build")
def test_every_connection_syncs_each_commit(engine: Engine) -> None:
    assert settings(engine, "synchronous") == {2}


@pytest.mark.usefixtures("careless_build")
def test_every_connection_keeps_foreign_keys(engine: Engine) -> None:
    assert settings(engine, "foreign_keys") == {1}


@pytest.mark.usefixtures("careless_build")
def test_every_connection_overwrites_what_is_deleted(engine: Engine) -> None:
    assert settings(engine, "secure_delete") == {1}


@pytest.mark.usefixtures("careless_build")
def test_no_connection_trusts_the_schema_of_a_file(engine: Engine) -> None:
    assert settings(engine, "trusted_schema") == {0}
    assert settings(engine, "cell_size_check") == {1}


def test_every_connection_waits_for_a_lock(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 1.25)
    engine = database.make_engine(path)
    assert settings(engine, "busy_timeout") == {1250}
    engine.dispose()


def test_no_connection_commits_by_itself_before_a_statement(engine: Engine) -> None:
    with engine.connect() as first, engine.connect() as second:
        assert [driver(first).isolation_level, driver(second).isolation_level] == [None, None]


def test_an_open_archive_keeps_a_write_ahead_log(path: Path) -> None:
    with Archive.open(path) as archive:
        assert settings(archive._engine, "journal_mode") == {"wal"}


def test_a_rollback_undoes_ddl(path: Path, engine: Engine) -> None:
    with writing(engine) as connection:
        transaction = connection.begin()
        connection.execute(text("CREATE TABLE half_done (id INTEGER)"))
        connection.execute(INSERT, {"name": "half done"})
        transaction.rollback()
        found = connection.execute(text("SELECT name FROM sqlite_master")).scalars().all()
        assert "half_done" not in found
        assert "removal" in found
    assert names(path) == []


@pytest.mark.usefixtures("impatient")
def test_a_writer_takes_the_write_lock_when_it_begins(engine: Engine) -> None:
    with (
        writing(engine) as first,
        first.begin(),
        writing(engine) as second,
        pytest.raises(DatabaseError, match="busy"),
    ):
        second.begin()


def test_writers_queue_and_lose_nothing(engine: Engine) -> None:
    rounds, writers = 10, 4
    with writing(engine) as connection, connection.begin():
        connection.execute(text("INSERT INTO removal VALUES ('n', '0')"))
    failures: list[BaseException] = []

    def count_up() -> None:
        try:
            for _ in range(rounds):
                with writing(engine) as connection, connection.begin():
                    number = connection.execute(text("SELECT removed FROM removal")).scalar_one()
                    connection.execute(
                        text("UPDATE removal SET removed = :n"), {"n": str(int(number) + 1)}
                    )
        except BaseException as error:  # noqa: BLE001 - the main thread tells it
            failures.append(error)

    threads = [threading.Thread(target=count_up) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with engine.connect() as connection:
        total = connection.execute(text("SELECT removed FROM removal")).scalar_one()
    assert int(total) == rounds * writers


@pytest.mark.usefixtures("impatient")
def test_readers_and_a_writer_do_not_wait_for_each_other(engine: Engine) -> None:
    count = text("SELECT count(*) FROM removal")
    with engine.connect() as early, writing(engine) as writer, engine.connect() as late:
        assert early.execute(count).scalar() == 0
        with writer.begin():
            writer.execute(INSERT, {"name": "new"})
            assert late.execute(count).scalar() == 0
        # each sees the one moment at which it began
        assert early.execute(count).scalar() == 0
        early.rollback()
        assert early.execute(count).scalar() == 1


def fill_the_disk(connection: sqlite3.Connection) -> str:
    """Leave room for two pages, and give a statement that needs more."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    return "INSERT INTO removal VALUES ('large', hex(zeroblob(100000)))"


def interrupt(connection: sqlite3.Connection) -> str:
    """Interrupt the next statement that takes long, and give one."""
    calls = iter(range(50))
    connection.set_progress_handler(lambda: next(calls, None) is None, 1000)
    return (
        "INSERT INTO removal WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many"
        " LIMIT 100000) SELECT 'one of many ' || n, 'x' FROM many"
    )


FAULTS = pytest.mark.parametrize("fault", [fill_the_disk, interrupt])
Fault = Callable[[sqlite3.Connection], str]


@FAULTS
def test_sqlite_itself_rolls_back_and_then_commits_the_next_row(path: Path, fault: Fault) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN")
    connection.execute("INSERT INTO removal VALUES ('before', 'x')")
    statement = fault(connection)
    with pytest.raises(sqlite3.OperationalError):
        connection.execute(statement)
    assert not connection.in_transaction
    connection.set_progress_handler(None, 0)
    connection.execute("INSERT INTO removal VALUES ('after', 'x')")
    connection.close()
    assert names(path) == ["after"]


@FAULTS
def test_after_a_fault_that_ended_the_transaction_no_row_is_committed(
    path: Path, engine: Engine, fault: Fault
) -> None:
    with writing(engine) as connection:
        transaction = connection.begin()
        connection.execute(INSERT, {"name": "before"})
        statement = fault(driver(connection))
        with pytest.raises((OperationalError, StorageError)):
            connection.exec_driver_sql(statement)
        with suppress(InvalidRequestError):
            connection.execute(INSERT, {"name": "after"})
        assert names(path) == []
        transaction.rollback()
    # the engine goes on with a new connection
    with writing(engine) as connection, connection.begin():
        connection.execute(INSERT, {"name": "later"})
    assert names(path) == ["later"]


def test_a_full_disk_is_named_and_the_archive_stays_readable(path: Path) -> None:
    with Archive.open(path) as archive, archive._engine.connect() as connection:
        statement = fill_the_disk(driver(connection))
        with pytest.raises(StorageError, match=r"no room left for news\.db") as caught:
            connection.exec_driver_sql(statement)
        assert caught.value.exit_code == 1
        assert caught.value.hint
    with Archive.open(path, readonly=True) as archive:
        assert archive.articles() == []


def test_a_read_only_engine_cannot_write(path: Path) -> None:
    engine = database.make_engine(path, readonly=True)
    with engine.connect() as connection, pytest.raises(StorageError, match="readonly"):
        connection.execute(INSERT, {"name": "no"})
    engine.dispose()
    with Archive.open(path, readonly=True) as archive, pytest.raises(StorageError):
        archive.add(numbered(1))
    assert names(path) == []


def test_a_read_only_folder_needs_no_file_beside_the_archive(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.open(path):
        pass  # has a write-ahead log from now on
    monkeypatch.setattr("os.access", lambda *_: False)
    with Archive.open(path, readonly=True) as archive:
        assert archive.articles() == []
        assert [file.name for file in path.parent.iterdir()] == [path.name]


def on_read_only_medium(path: Path, *suffixes: str) -> Path:
    """A copy of a live archive, with these files beside it, where nothing can be written."""
    folder = path.parent / "medium"
    folder.mkdir()
    for suffix in ("", *suffixes):
        copied = folder / f"news.db{suffix}"
        copied.write_bytes(path.with_name(f"news.db{suffix}").read_bytes())
        copied.chmod(0o444)
    folder.chmod(0o555)
    return folder / "news.db"


@pytest.mark.parametrize("suffixes", [(), ("-wal", "-shm")])
def test_an_archive_on_a_read_only_medium_is_read(path: Path, suffixes: tuple[str, ...]) -> None:
    with Archive.open(path) as archive:
        archive.add(numbered(1))
        if not suffixes:
            with archive._engine.connect() as connection:
                database.pragma(connection, "wal_checkpoint(TRUNCATE)")
        medium = on_read_only_medium(path, *suffixes)
    before = {file.name for file in medium.parent.iterdir()}
    with unprivileged(path.parent), Archive.open(medium, readonly=True) as archive:
        assert [one.title for one in archive.articles()] == ["第1篇"]
        assert archive.count("导语1") == 1
        assert list(archive.check(fast=True)) == []
    assert {file.name for file in medium.parent.iterdir()} == before


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
def test_what_cannot_be_read_on_such_a_medium_is_told_with_the_next_step(
    path: Path, suffix: str
) -> None:
    with Archive.open(path) as archive:
        archive.add(numbered(1))
        path.with_name("news.db-journal").write_bytes(b"a transaction to undo")
        medium = on_read_only_medium(path, suffix)
        path.with_name("news.db-journal").unlink()
    with unprivileged(path.parent):
        result = run("list", db=medium)
    refused(result, 1, f"news.db{suffix} beside it holds what the file does not have yet")
    assert "copy the file, with those beside it" in result.stderr
    for file in medium.parent.iterdir():
        file.chmod(0o600)
    medium.parent.chmod(0o700)
    if suffix == "-wal":
        assert len(run("list", db=medium).objects) == 1


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def test_rows_left_unread_may_outlive_their_connection(engine: Engine) -> None:
    with engine.connect() as connection:
        found = database.rows(connection, "VALUES (1), (2)")
        assert next(found) == (1,)
        connection.invalidate()
    found.close()  # type: ignore[attr-defined]  # it is a generator


def test_a_statement_of_a_reader_does_not_run_for_ever(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "STATEMENT_STEPS", 300_000)
    engine = database.make_engine(path, readonly=True)
    some = ENDLESS.replace("FROM n)", "FROM n LIMIT 9999)")
    with engine.connect() as connection:
        for _ in range(20):  # each has its own limit
            assert connection.exec_driver_sql(some).scalar() == 9999
        with pytest.raises(DatabaseError, match="was ended after 300,000 steps"):
            connection.exec_driver_sql(ENDLESS)
        long = some.replace("9999", "99999")
        with pytest.raises(DatabaseError):
            connection.exec_driver_sql(long)
        unlimited = connection.execution_options(**{database.UNLIMITED: True})
        assert unlimited.exec_driver_sql(long).scalar() == 99999
    engine.dispose()


def test_an_interrupt_during_a_readers_statement_is_one(path: Path) -> None:
    engine = database.make_engine(path, readonly=True)
    with engine.connect() as connection:
        interrupt = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
        interrupt.start()
        with pytest.raises(KeyboardInterrupt):
            connection.exec_driver_sql(ENDLESS)
        interrupt.join()
    engine.dispose()


def test_a_longer_value_than_any_archive_has_is_not_read(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.open(path) as archive:
        archive.add(numbered(2))
    connection = sqlite3.connect(path)
    connection.execute("UPDATE section SET text = zeroblob(2000000) WHERE id = 1")
    connection.commit()
    connection.close()
    monkeypatch.setattr(database, "LONGEST_VALUE", 1 << 20)
    result = run("show", "1", db=path)
    refused(result, 5, "news.db holds a value of more than ")
    assert run("show", "2", db=path).code == 0


def test_a_capture_that_unpacks_to_more_than_any_archive_has_is_not_read(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "LONGEST_VALUE", 1 << 20)
    with Archive.open(path) as archive:
        archive.add([item(article("长"), bytes(3 << 20)), item(article("短"), bytes(1 << 20))])
        assert archive.raw("2") == bytes(1 << 20)
        with pytest.raises(DatabaseError, match="cannot be unpacked: they do not end"):
            archive.raw("1")


@pytest.mark.parametrize(
    "name",
    [
        "新闻 存档.db",
        "50%25.db",
        "what?mode=ro.db",
        "a#b.db",
        "a&b=c+d;e.db",
        "'\"\\`$.db",
        "ünï:é",
    ],
)
def test_any_path_can_hold_an_archive(tmp_path: Path, name: str) -> None:
    file = tmp_path / "文件夹 %41#?" / name
    schema.create(file)
    with Archive.open(file) as archive:
        archive.add(numbered(1))
    with Archive.open(file, readonly=True) as archive:
        assert archive.status().path == str(file)
    beside = {f"{name}-wal", f"{name}-shm", f"{name}.lock"}  # the last reader leaves the first two
    assert {found.name for found in file.parent.iterdir()} - beside == {name}
    assert file.read_bytes().startswith(b"SQLite format 3")
