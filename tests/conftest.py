"""What holds for all tests: where nothing may skip, a skipped test fails; a server for those that ask for one."""

import os
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from hypothesis import settings

# What lies here is at hand in the processes that tests start, too
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(Path(__file__).parent), os.environ.get("PYTHONPATH"))))

from figures import Seen
from onrecord import pipeline
from onrecord.ledger import Ledger, open_ledger
from servers import Server, programs, running

# The first example of a test may load what the others find loaded
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

ALL = bool(os.environ.get("ONRECORD_ALL"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what is for the night."""
    if not os.environ.get("ONRECORD_NIGHTLY"):
        late = [item for item in items if item.get_closest_marker("nightly")]
        config.hook.pytest_deselected(items=late)
        items[:] = [item for item in items if item not in set(late)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    # What the machine forbids, no installing helps; what is missing could have been installed
    forbidden = "forbidden here" in str(report.longrepr)
    if ALL and report.skipped and not forbidden and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may skip: {report.longrepr}"
    return report


@pytest.fixture
def seen(record_property: Callable[[str, object], None]) -> Iterator[Seen]:
    """Takes down the figures that a test shows, for `make faults`."""
    made = Seen()
    yield made
    made.put_down(record_property)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server for all tests together; each takes a database of its own."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed here: its programs initdb and pg_ctl are asked for")
    with running() as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Places for ledgers, by name: paths of files, then, once more, databases on a server."""
    if request.param == "sqlite":
        return lambda name: str(tmp_path / f"{name}.db")
    server: Server = request.getfixturevalue("server")
    made: dict[str, str] = {}

    def address(name: str) -> str:
        if name not in made:
            made[name] = server.ledger()
        return made[name]

    return address


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with the sample read in; for looking at, or to be copied."""
    path = tmp_path_factory.mktemp("sample") / "sample.db"
    with as_file(files("onrecord").joinpath("sample", "stories.jsonl")) as stories:
        ledger = open_ledger(str(path), create=True)
        pipeline.add(ledger, [str(stories)], pipeline.AddOptions(datetime(2031, 4, 1, tzinfo=UTC), workers=1))
        ledger.close()
    return path


@pytest.fixture
def sample_ledger(sample_file: Path, tmp_path: Path) -> Iterator[Ledger]:
    """A copy of it that a test may change."""
    path = tmp_path / "sample-copy.db"
    path.write_bytes(sample_file.read_bytes())
    ledger = open_ledger(str(path))
    yield ledger
    ledger.close()
