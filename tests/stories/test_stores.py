"""Stores are read as folders are; one that is away, shut or breaks off says so."""

import io
import json
from collections.abc import Iterator

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from onrecord import stories
from onrecord.errors import TryLater, WrongUse
from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories import Listed
from storehouse import Store, storing

_TEXT = "Two dock workers were wounded on Monday when shells landed beside the quay, the harbour master said."
_OPTIONS = ReadOptions()


def _table(rows: int = 2, filling: int = 0) -> bytes:
    held = io.BytesIO()
    columns = {
        "text": [f"{_TEXT} {n}" for n in range(rows)],
        "other": [bytes([n % 256]) * filling for n in range(rows)],
    }
    pq.write_table(pa.table(columns), held, compression="none", use_dictionary=False)
    return held.getvalue()


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "reader", "AWS_SECRET_ACCESS_KEY": "geheim", "AWS_EC2_METADATA_DISABLED": "true",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    files = {
        "2031/a b.txt": _TEXT.encode(), "2031/b.jsonl": json.dumps({"text": _TEXT}).encode() + b"\n{}", "2031/c.docx": b"PK",
        "2031/e.parquet": _table(), "2031/.hidden": b"x", "2031/_SUCCESS": b"", "2031/_temporary/0/part.jsonl": b"{}",
        "2031/x?y#z+50%.txt": _TEXT.encode(), "2031/Őrhely/Пристань.txt": _TEXT.encode(), "2031/empty.txt": b"",
        "2032/other.txt": _TEXT.encode(),
    }  # fmt: skip
    with storing(Store(files)) as made:
        yield made


_FOUND = [
    (".hidden", "refused"), ("_SUCCESS", "refused"), ("_temporary", "refused"), ("a b.txt", "ok"), ("b.jsonl:1", "ok"),
    ("b.jsonl:2", "refused"), ("c.docx", "refused"), ("e.parquet:1", "ok"), ("e.parquet:2", "ok"), ("empty.txt", "refused"),
    ("x%3Fy%23z+50%25.txt", "ok"), ("Őrhely/Пристань.txt", "ok"),
]  # fmt: skip


def _states(source: str) -> list[tuple[str, str]]:
    return [
        (item.source.removeprefix("s3://reports/2031/"), item.state)
        for item in stories.gather([source], _OPTIONS)
        if isinstance(item, Intake)
    ]


def test_a_store_is_read_as_a_folder_is(store: Store) -> None:
    assert _states(store.address("2031")) == _FOUND
    lists = [line for line in store.asked if line == "GET /reports/"]
    assert len(lists) >= 6, "the list comes in pages"


def test_file_by_file_it_gives_the_same_and_the_books_have_no_secret(store: Store) -> None:
    source = store.address("2031").replace("s3://", "s3://reader:geheim@")
    whole = list(stories.gather([source], _OPTIONS))
    alone: list[object] = []
    for item in stories.listed(source, _OPTIONS):
        alone += stories.gather([item.path], _OPTIONS) if isinstance(item, Listed) else [item]
        assert isinstance(item, Intake) or "geheim" in item.path
    assert alone == whole
    assert len(whole) == len(_FOUND)
    assert "geheim" not in repr(whole)
    assert "endpoint" not in repr(whole)


@pytest.mark.parametrize("path", ["2031/Őrhely/Пристань.txt", "2031/%C5%90rhely/Пристань.txt", "2031/x%3Fy%23z+50%25.txt", "2031/a b.txt", "2031/a%20b.txt"])  # fmt: skip
def test_a_file_is_named_as_it_is_shown_or_as_an_address(store: Store, path: str) -> None:
    ((_, state),) = _states(store.address(path))
    assert state == "ok"


def test_the_whole_of_a_bucket(store: Store) -> None:
    found = [item.path for item in stories.listed(store.address(), _OPTIONS) if isinstance(item, Listed)]
    assert found[-1].startswith("s3://reports/2032/other.txt?")
    assert len(found) == 8


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("2033", "s3://reports/2033: there is no such file"),
        ("2031/nothing.txt", "there is no such file"),
    ],
)
def test_what_is_not_there_is_wrong_use_at_once(store: Store, source: str, words: str) -> None:
    with pytest.raises(WrongUse, match=words):
        stories.gather([store.address(source)], _OPTIONS)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("s3:///x", "names no bucket"),
        ("s3://reports/x?colour=geheim", "^s3://reports/x: it is no address of a store .*'colour'"),
        ("gs://reports/x", "only addresses that begin with"),
    ],
)
def test_an_address_that_makes_no_sense(source: str, words: str) -> None:
    with pytest.raises(WrongUse, match=words) as caught:
        stories.gather([source], _OPTIONS)
    assert "geheim" not in str(caught.value)


def test_without_hadoop_hdfs_says_what_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    from onrecord.stories import stores

    def missing(_: str) -> object:
        raise OSError("Unable to load libjvm")

    monkeypatch.setattr(stores, "_connected", missing)
    with pytest.raises(WrongUse, match=r"hdfs://head.example/2031: .*libhdfs.*JAVA_HOME"):
        stories.gather(["hdfs://head.example/2031"], _OPTIONS)


def test_a_store_that_is_shut_says_whose_credentials(store: Store) -> None:
    store.denied = True
    with pytest.raises(WrongUse, match=r"credentials .*access denied"):
        stories.gather([store.address("2031")], _OPTIONS)


def test_a_store_that_is_shut_after_the_list(store: Store) -> None:
    found = stories.gather([store.address("2031")], _OPTIONS)
    store.denied = True
    items = [item for item in found if isinstance(item, Intake)]
    assert [(item.source, item.state) for item in items] == [("s3://reports/2031", "refused")]
    assert "cannot be listed (access denied)" in items[0].rejections[0].reason


def test_a_column_that_nobody_reads_is_not_asked_for(store: Store) -> None:
    store.files = {"wide.parquet": _table(300, filling=200_000)}
    store.sent = 0
    assert len(list(stories.gather([store.address("wide.parquet")], _OPTIONS))) == 300
    assert store.sent < len(store.files["wide.parquet"]) / 2


@pytest.mark.slow
def test_a_file_that_breaks_off_halfway_is_used_up_to_there_and_said_not_to_be_whole(store: Store) -> None:
    line = json.dumps({"text": _TEXT * 100}).encode() + b"\n"
    store.files = {"a.jsonl": line * 1500, "b.parquet": _table(), "c.txt": _TEXT.encode(), "d.txt": _TEXT.encode()}
    store.breaks = {"a.jsonl", "b.parquet", "c.txt"}
    items = [item for item in stories.gather([store.address()], _OPTIONS) if isinstance(item, Intake)]
    rows = [item for item in items if item.source.startswith("s3://reports/a.jsonl:")]
    assert {item.state for item in rows} == {"ok"}
    assert 300 < len(rows) < 800
    torn = [
        item
        for item in items
        if item.source in ("s3://reports/a.jsonl", "s3://reports/b.parquet", "s3://reports/c.txt")
    ]
    assert [(item.state, "is not whole" in item.rejections[0].reason) for item in torn] == [("refused", True)] * 3
    assert (items[-1].source, items[-1].state) == ("s3://reports/d.txt", "ok")


@pytest.mark.slow
def test_a_store_that_is_away_is_tried_later(store: Store) -> None:
    with storing(Store({})) as gone:
        pass
    with pytest.raises(TryLater, match=r"^s3://reports/2031: the store does not answer"):
        stories.gather([gone.address("2031")], _OPTIONS)
