import json
from pathlib import Path

import pytest

from evaluation import floors
from evaluation.floors import Floors


@pytest.fixture
def pinned(tmp_path: Path) -> Floors:
    path = tmp_path / "floors.json"
    path.write_text(json.dumps({"tiny": {"sha256": "d", "figures": {"f1": 0.8, "mae": 2.0}}}), encoding="utf-8")
    return floors.load(path, {"mae"})


@pytest.mark.parametrize(
    ("made", "fallen"),
    [
        ({"f1": 0.8, "mae": 2.0}, []),
        ({"f1": 0.9, "mae": 1.0}, []),
        ({"f1": 0.7998, "mae": 2.0002}, []),
        ({"f1": 0.7, "mae": 2.0}, ["tiny: f1 fell from 0.8 to 0.7"]),
        ({"f1": 0.8, "mae": 3.0}, ["tiny: mae fell from 2 to 3"]),
        ({"f1": 0.8}, ["tiny: mae is pinned at 2 and was not measured"]),
    ],
)
def test_what_fell(pinned: Floors, made: dict[str, float], fallen: list[str]) -> None:
    assert pinned.fallen("tiny", made, "d") == fallen


def test_other_data_are_noticed(pinned: Floors) -> None:
    assert "not those that the floor was pinned on" in pinned.fallen("tiny", {"f1": 1.0, "mae": 0.0}, "e")[0]


def test_a_set_without_floor_cannot_fall(pinned: Floors) -> None:
    assert pinned.fallen("new", {"f1": 0.0}, "d") == []


@pytest.mark.parametrize(
    ("made", "data", "regress", "kept", "refusals"),
    [
        ({"f1": 0.9, "mae": 1.0}, "d", False, {"f1": 0.9, "mae": 1.0}, 0),
        ({"f1": 0.7, "mae": 1.0}, "d", False, {"f1": 0.8, "mae": 1.0}, 1),
        ({"f1": 0.7998, "mae": 2.0}, "d", False, {"f1": 0.8, "mae": 2.0}, 0),
        ({"f1": 0.9}, "d", False, {"f1": 0.9, "mae": 2.0}, 1),
        ({"f1": 0.7, "mae": 3.0}, "d", True, {"f1": 0.7, "mae": 3.0}, 0),
        ({"f1": 0.1, "mae": 9.0}, "e", False, {"f1": 0.1, "mae": 9.0}, 0),
    ],
)
def test_raising(
    pinned: Floors, made: dict[str, float], data: str, regress: bool, kept: dict[str, float], refusals: int
) -> None:
    raised, said = pinned.raised("tiny", made, data, regress)
    assert dict(raised.of("tiny")) == kept
    assert raised.sets["tiny"]["sha256"] == data
    assert len(said) == refusals
    assert all("--allow-regression" in line for line in said)


def test_floors_are_written_and_read_back(pinned: Floors) -> None:
    raised, _ = pinned.raised("new", {"f1": 0.5}, "x", False)
    raised.write()
    assert floors.load(raised.path, {"mae"}) == raised


def test_no_file_is_no_floors(tmp_path: Path) -> None:
    assert floors.load(tmp_path / "none.json", ()).sets == {}


def test_a_fingerprint_tells_contents_apart_and_not_folders(tmp_path: Path) -> None:
    made = []
    for folder, body in (("a", "x"), ("b", "x"), ("c", "y")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "f").write_text(body, encoding="utf-8")
        made.append(floors.fingerprint([tmp_path / folder / "f"]))
    assert made[0] == made[1] != made[2]
