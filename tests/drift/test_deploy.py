"""What is written for operators is what the program does: every command line is one, every name of a metric, of a path, of a rule."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from entering import desk
from onrecord.cli import app
from onrecord.exports import textfile
from onrecord.ledger import open_ledger
from onrecord.pipeline import AddReport, silent
from onrecord.web import Options
from onrecord.web.routes import ROUTERS

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
DOCS = ROOT / "docs" / "deploy.md"
UNITS = sorted(DEPLOY.glob("*.service"))
TIMERS = sorted(DEPLOY.glob("*.timer"))
PROGRAM = re.compile(r"^(?:sudo -u onrecord )?(?:/opt/onrecord/\.venv/bin/)?onrecord (.+)$")
IN_CONTAINER = re.compile(r"^docker compose run --rm keep (?!\S+\.sh)(.+)$")


def of(unit: Path, key: str) -> list[str]:
    """The values of a key in a unit file, in order."""
    lines = unit.read_text("utf-8").splitlines()
    return [line.partition("=")[2] for line in lines if line.startswith(f"{key}=")]


def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def told() -> list[str]:
    """The lines of all blocks of code in the page."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", DOCS.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]


def started() -> Iterator[tuple[str, str]]:
    """Every line that a unit or a script carries out."""
    for unit in UNITS:
        yield from ((unit.name, start) for start in of(unit, "ExecStart"))
    for script in DEPLOY.glob("*.sh"):
        for line in script.read_text("utf-8").splitlines():
            yield script.name, line.strip().removeprefix("exec ").removesuffix(" ;;")


def lines() -> Iterator[tuple[str, list[str]]]:
    """Every command line of the program, with where it stands."""
    for where, line in [*started(), *((DOCS.name, line) for line in told())]:
        found = PROGRAM.match(line) or IN_CONTAINER.match(line)
        if found and found[1] != '"$@"':
            yield where, shlex.split(found[1])
    yield "compose.yaml", compose()["services"]["desk"]["command"]


LINES = list(lines())


@pytest.mark.parametrize(("where", "args"), LINES, ids=[f"{where} {' '.join(args)[:60]}" for where, args in LINES])
def test_every_command_line_is_one_of_the_program(where: str, args: list[str]) -> None:
    command: Any = typer.main.get_command(app)
    args = [re.sub(r"\$\{?[^ ]*", "x", word) for word in args]
    while hasattr(command, "commands"):
        assert args[0] in command.commands, f"{where}: onrecord {args[0]}"
        command, args = command.commands[args[0]], args[1:]
    command.make_context("onrecord", args)


def test_there_are_command_lines_in_every_place() -> None:
    places = {where for where, _ in LINES}
    assert places >= {
        "onrecord.service",
        "onrecord-watch.service",
        "backup.sh",
        "drill.sh",
        "compose.yaml",
        "deploy.md",
    }


def test_a_command_line_that_is_none_would_be_found() -> None:
    command: Any = typer.main.get_command(app)
    with pytest.raises(typer.TyperException, match="No such option"):
        command.commands["serve"].make_context("onrecord", ["--nothing", "x"])


def test_scripts_that_are_started_are_there_and_may_be() -> None:
    started = {
        word for unit in UNITS for start in of(unit, "ExecStart") for word in start.split() if word.endswith(".sh")
    }
    mounted = {source.partition(":")[0] for one in compose()["services"].values() for source in one.get("volumes", ())}
    for path in [*started, *(source for source in mounted if source.endswith((".sh", "file")))]:
        script = DEPLOY / Path(path).name
        assert script.exists(), path
        assert script.suffix != ".sh" or script.stat().st_mode & 0o111, path
    docker = (DEPLOY / "Dockerfile").read_text("utf-8")
    for copied in re.findall(r"^COPY (?!--)(.+) \S+$", docker, re.MULTILINE):
        assert all((ROOT / path).exists() for path in copied.split()), copied


@pytest.mark.parametrize("script", sorted(DEPLOY.glob("*.sh")), ids=lambda path: path.name)
def test_scripts_are_scripts(script: Path) -> None:
    assert script.read_text("utf-8").startswith("#!/bin/sh\n")
    assert "\nset -eu\n" in script.read_text("utf-8")
    subprocess.run(["sh", "-n", str(script)], check=True, timeout=20)


def test_units_and_containers_and_the_page_agree_on_paths() -> None:
    page = DOCS.read_text("utf-8")
    units = "\n".join(unit.read_text("utf-8") for unit in UNITS)
    for path in set(re.findall(r"/(?:etc|var/lib|opt|run)/onrecord[\w./-]*\w", units)):
        assert path in page, f"{path} stands in a unit and not in the page"
    (docker, containers) = ((DEPLOY / name).read_text("utf-8") for name in ("Dockerfile", "compose.yaml"))
    assert "/var/lib/onrecord/backups" in docker
    assert all(place in containers for place in ("/var/lib/onrecord/backups", "172.30.17.2"))
    for name in re.findall(r"deploy/([\w.-]*\w)", page):
        assert (DEPLOY / name).exists(), f"deploy/{name}"
    for file in DEPLOY.iterdir():
        assert file.name in page, f"{file.name} is there and not in the page"
    variables = set(re.findall(r"\$\{(ONRECORD_\w+)", units))
    assert all(f"{name}=" in page for name in variables)


def test_containers_are_held_as_short_as_the_page_says() -> None:
    made = compose()
    services = made["services"]
    assert "ports" not in services["db"]
    assert made["networks"]["back"]["internal"]
    assert services["db"]["networks"] == ["back"]
    for name, one in services.items():
        assert one["read_only"], name
        assert one["security_opt"] == ["no-new-privileges:true"], name
        assert not re.search(r"password\w*: (?!/run/secrets)", str(one.get("environment", "")), re.IGNORECASE), name
    for name in ("desk", "keep"):
        assert services[name]["user"] == "10001:10001"
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["environment"]["ONRECORD_PASSWORD_FILE"].startswith("/run/secrets/")
    secrets = {secret for one in services.values() for secret in one.get("secrets", ())}
    assert secrets == set(made["secrets"])
    address = services["proxy"]["networks"]["front"]["ipv4_address"]
    assert services["desk"]["environment"]["FORWARDED_ALLOW_IPS"] == address, (
        "the proxy alone says where a request comes from"
    )
    for one in services.values():
        for network in one["networks"]:
            assert network in made["networks"]


def test_what_probes_ask_is_a_route() -> None:
    routes = {route.path for router in ROUTERS for route in router.routes}  # type: ignore[attr-defined]
    asked = re.findall(r":8000(/[\w/]+)", (DEPLOY / "compose.yaml").read_text("utf-8") + DOCS.read_text("utf-8"))
    assert asked
    assert set(asked) <= routes


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_may_do_little(unit: Path) -> None:
    for key, value in {
        "User": "onrecord", "ProtectSystem": "strict", "NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "PrivateTmp": "yes",
        "ProtectHome": "yes", "UMask": "0077", "MemoryDenyWriteExecute": "yes",
    }.items():  # fmt: skip
        assert of(unit, key) == [value], key
    assert of(unit, "MemoryMax")
    # Parsers of what strangers wrote leave the network by a namespace of their own
    (namespaces,) = of(unit, "RestrictNamespaces")
    reads = any(" watch " in start or " add " in start for start in of(unit, "ExecStart"))
    assert namespaces == ("user net" if reads else "yes")
    assert "PGPASSWORD=" not in unit.read_text("utf-8")


def test_every_timer_has_what_it_begins() -> None:
    assert {timer.stem for timer in TIMERS} <= {unit.stem for unit in UNITS}
    assert all(of(timer, "OnCalendar") for timer in TIMERS)


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not installed here: on Debian, apt-get install systemd")
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, [*UNITS, *TIMERS])], capture_output=True, text=True, timeout=60, check=False
    )  # fmt: skip
    said = [line for line in done.stderr.splitlines() if "is not executable: No such file" not in line]
    assert [line for line in said if "/deploy/" in line or "onrecord" in line] == []
    for unit in UNITS:
        found = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit)], capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert found.returncode == 0, found.stdout[-400:]


def test_every_metric_that_an_alarm_asks_for_is_there(tmp_path: Path) -> None:
    rules = yaml.safe_load((DEPLOY / "alerts.yaml").read_text("utf-8"))["groups"][0]["rules"]
    with closing(open_ledger(str(tmp_path / "held.db"), create=True)) as ledger:
        (tmp_path / "a.json").touch()
        client = desk(ledger, Options(by="Ida Marsh", backups=str(tmp_path)))
        client.get("/")
        known = client.get("/metrics").text
    textfile.Run("add", silent).write(tmp_path / "add.prom", AddReport(0, 0, {}, 0, (), 0, 0), Options().clock())
    known += (tmp_path / "add.prom").read_text()
    names = set(re.findall(r"^([a-z_]+)[{ ]", known, re.MULTILINE))
    for rule in rules:
        asked = set(re.findall(r"onrecord_[a-z_]+", rule["expr"]))
        assert asked <= names, rule["alert"]
        assert asked or "up{" in rule["expr"]
        assert rule["alert"] in DOCS.read_text("utf-8"), "what to do when it rings stands in the page"
        assert rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in ("page", "ticket")
    asked = set(re.findall(r"`(onrecord_[a-z_]+)`", DOCS.read_text("utf-8")))
    assert asked
    assert asked <= names
