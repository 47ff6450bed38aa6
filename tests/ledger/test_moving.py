"""A ledger that is moved is the same ledger: its facts, their numbers, its log, and what follows from them."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

import soundness
from invented import NOW, rows, write_rows
from onrecord import cli, pipeline
from onrecord.errors import BadLedger, WrongUse
from onrecord.ledger import Ledger, chain, moving, open_ledger, schema, write
from onrecord.pipeline import AddOptions, Answers, Judgement, Opening
from onrecord.records import Campaign
from onrecord.settings import ReadOptions
from servers import PASSWORD, Server


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger in a file, with facts of every kind."""
    folder = tmp_path_factory.mktemp("told")
    (folder / "nul.bin").write_bytes(bytes(range(256)))
    source = write_rows(folder / "s.jsonl", rows(12))
    with closing(open_ledger(str(folder / "told.db"), create=True)) as ledger:
        pipeline.add(ledger, [str(source), str(folder / "nul.bin")], AddOptions(NOW, ReadOptions(), workers=1))
        first, second = [incident.id for incident in pipeline.view(ledger, now=NOW).derived.incidents[:2]]
        pipeline.decide(ledger, Judgement("confirm", first, "Oda Brenk", "seen", key="k1"), NOW)
        pipeline.decide(ledger, Judgement("merge", first, "Oda Brenk", into=second), NOW)
        round_ = pipeline.open_round(ledger, Opening("Spring", "Oda Brenk", "incident", ("kind",), (second,)), NOW)
        pipeline.code(ledger, Answers(round_.id, second, "Oda Brenk", {"kind": "raid"}), NOW)
        with ledger.writing() as connection:
            # Numbers with a gap, as a server leaves them after what was not kept
            row = {"name": "a watch that ended", "body": None, "at": NOW}
            connection.execute(sa.insert(schema.campaign).values(seq=4000, **row))
            chain.extend(connection, [("campaign", 4000, chain.row_digest(row))], NOW)
    return folder / "told.db"


@pytest.fixture
def source(told: Path) -> Iterator[Ledger]:
    with closing(open_ledger(str(told))) as ledger:
        yield ledger


def test_there_and_back_it_is_the_same_ledger(source: Ledger, new_place: Callable[[str], str], tmp_path: Path) -> None:
    """From a file to a file or a server, and from there to a file."""
    facts, content = soundness.rows(source), pipeline.content(pipeline.view(source, now=NOW))
    assert {name for name, found in facts.items() if not found} == {"switch"}, "a fact of every other kind"
    with closing(open_ledger(new_place("there"), create=True)) as there:
        report = pipeline.move(source, there, NOW)
        assert report.content == content == pipeline.content(pipeline.view(there, now=NOW))
        assert report.facts == {name: len(found) for name, found in facts.items()}
        assert soundness.rows(there) == facts
        with closing(open_ledger(str(tmp_path / "back.db"), create=True)) as back:
            assert pipeline.move(there, back, NOW) == report
            assert soundness.rows(back) == facts
            assert soundness.check(back) == soundness.check(there) == report.head
            assert pipeline.view(back, now=NOW).derived == pipeline.view(source, now=NOW).derived


def test_a_moved_ledger_goes_on(source: Ledger, new_place: Callable[[str], str], tmp_path: Path) -> None:
    more = write_rows(tmp_path / "more.jsonl", rows(14)[12:])
    (tmp_path / "empty.txt").write_text("")
    with closing(open_ledger(new_place("there"), create=True)) as there:
        pipeline.move(source, there, NOW)
        report = pipeline.add(there, [str(more), str(tmp_path / "empty.txt")], AddOptions(NOW, workers=1))
        assert report.states == {"ok": 2, "refused": 1}
        write.add_campaign(there, Campaign("harbours"), NOW)
        assert [row[0] for row in soundness.rows(there)["campaign"]] == [4000, 4001]
        incident = pipeline.view(there, now=NOW).derived.incidents[-1]
        pipeline.decide(there, Judgement("confirm", incident.id, "Oda Brenk"), NOW)
        soundness.check(there)


def test_nothing_is_moved_onto_something(source: Ledger, new_place: Callable[[str], str]) -> None:
    with closing(open_ledger(new_place("there"), create=True)) as there:
        pipeline.move(source, there, NOW)
        before = soundness.rows(there)
        with pytest.raises(WrongUse, match="is not empty") as caught:
            pipeline.move(source, there, NOW)
        assert str(caught.value).startswith(f"{there.place}: ")
        assert soundness.rows(there) == before


def test_a_move_that_fails_leaves_nothing(
    source: Ledger, new_place: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = iter([(1, "a"), (1, "b")])
    with closing(open_ledger(new_place("there"), create=True)) as there:
        monkeypatch.setattr(moving.chain, "head", lambda _connection: next(ends))
        with pytest.raises(BadLedger, match="ends otherwise"):
            pipeline.move(source, there, NOW)
        assert not any(soundness.rows(there).values())
        monkeypatch.undo()
        pipeline.move(source, there, NOW)


def test_the_source_is_only_read(source: Ledger, tmp_path: Path) -> None:
    with source.writing() as connection:
        # As if an older program had derived
        connection.execute(sa.update(schema.derived_from).values(readings="old"))
    with closing(open_ledger(str(tmp_path / "there.db"), create=True)) as there:
        pipeline.move(source, there, NOW)
    with source.reading() as connection:
        assert connection.execute(sa.select(schema.derived_from.c.readings)).scalar_one() == "old"


def test_the_command_moves_and_shows_no_password(told: Path, server: Server) -> None:
    address = server.ledger()
    run = CliRunner().invoke(cli.app, ["move", str(told), address])
    assert run.exit_code == 0, run.output
    assert "on both sides" in run.stdout
    again = CliRunner().invoke(cli.app, ["move", str(told), address])
    assert isinstance(again.exception, WrongUse)
    said = [run.output, str(again.exception)]
    for command in ("incidents", "rebuild", "migrate"):
        said.append(CliRunner().invoke(cli.app, [command, "--ledger", address]).output)
    nothing = CliRunner().invoke(cli.app, ["incidents", "--place", "nowhere", "--ledger", address])
    said.append(nothing.output)
    assert "no incidents that match" in nothing.output
    assert not [words for words in said if PASSWORD in words or "geheim" in words]
