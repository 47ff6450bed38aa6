"""A Spark cluster for tests and measurements on this machine: a master, and workers of one core each, on the loopback."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from shutil import which

MISSING = "PySpark or Java is not installed here: make .venv/.spark, and Java 17 or newer"


def is_here() -> bool:
    """Whether a cluster can be started."""
    return find_spec("pyspark") is not None and (which("java") is not None or "JAVA_HOME" in os.environ)


class Cluster:
    """master: its address; folder: what its machines write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._port = _free_port()
        self.master = f"spark://127.0.0.1:{self._port}"

    @contextmanager
    def running(self, workers: int) -> Iterator["Cluster"]:
        """The cluster with so many workers, for the length of a block; nothing of it is left behind."""
        with ExitStack() as opened:
            master = ("--host", "127.0.0.1", "--port", str(self._port), "--webui-port", str(_free_port()))
            opened.enter_context(self._process("master", "org.apache.spark.deploy.master.Master", *master))
            _wait_for(self.folder / "master.log", "I have been elected leader")
            for n in range(workers):
                own = ("--host", "127.0.0.1", "--webui-port", str(_free_port()), "-c", "1", "-m", "1g", "-d")
                opened.enter_context(
                    self._process(
                        f"worker-{n}", "org.apache.spark.deploy.worker.Worker", *own, str(self.folder), self.master
                    )
                )
            for n in range(workers):
                _wait_for(self.folder / f"worker-{n}.log", "Successfully registered")
            yield self

    @contextmanager
    def _process(self, name: str, *args: str) -> Iterator[None]:
        spec = find_spec("pyspark")
        assert spec is not None
        assert spec.origin is not None
        home = Path(spec.origin).parent
        quiet = self.folder / "log.properties"
        quiet.write_text(
            "rootLogger.level=info\nrootLogger.appenderRef.o.ref=o\nappender.o.type=Console\nappender.o.name=o\n"
            "appender.o.target=SYSTEM_ERR\nappender.o.layout.type=PatternLayout\nappender.o.layout.pattern=%m%n\n"
        )
        env = os.environ | {
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_HOME": str(home),
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_DAEMON_JAVA_OPTS": f"-Dlog4j2.configurationFile={quiet.as_uri()}",
        }
        with (self.folder / f"{name}.log").open("wb") as log:
            started = subprocess.Popen(
                [str(home / "bin" / "spark-class"), *args], stdout=log, stderr=log, env=env, start_new_session=True
            )
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGKILL)
            started.wait()
            for pid in self.executors():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def executors(self) -> list[int]:
        """The processes of this cluster that run tasks."""
        found = []
        for place in Path("/proc").iterdir():
            with suppress(OSError):
                said = (place / "cmdline").read_bytes() if place.name.isdigit() else b""
                if b"CoarseGrainedExecutorBackend" in said and os.readlink(place / "cwd").startswith(str(self.folder)):  # noqa: PTH115
                    found.append(int(place.name))
        return sorted(found)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(log: Path, words: str, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while words not in log.read_text("utf-8", "replace"):
        assert time.monotonic() < until, log.read_text("utf-8", "replace")[-2000:]
        time.sleep(0.1)
