"""What a run of `add` or `watch` did, in a file that the node exporter of Prometheus picks up."""

import time
from datetime import datetime
from pathlib import Path
from typing import get_args

from onrecord.errors import TryLater, WrongUse
from onrecord.pipeline import AddReport, Progress
from onrecord.records import InputState

STAGES = ("read", "merge")


class Run:
    """Takes the time of the stages of a run, and writes down what became of it. command: "add" or "watch"; told: whoever else
    is told how far it is.
    """

    def __init__(self, command: str, told: Progress) -> None:
        self._command, self._told = command, told
        self.begin()

    def begin(self) -> None:
        """One more run begins."""
        self._stage, self._since = STAGES[0], time.monotonic()
        self._seconds = dict.fromkeys(STAGES, 0.0)

    def __call__(self, stage: str, count: int) -> None:
        """Told by the pipeline: a stage, and how many inputs are done since the last call."""
        self._turn(stage)
        self._told(stage, count)

    def _turn(self, stage: str) -> None:
        now = time.monotonic()
        self._seconds[self._stage] += now - self._since
        self._stage, self._since = stage, now

    def write(self, path: Path, report: AddReport, at: datetime) -> None:
        """Writes the file, whole or not at all; one by a run that ended otherwise stays as it was, and so shows its age.

        Raises WrongUse where the file does not end in .prom, TryLater where it cannot be written.
        """
        from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

        check(path)
        self._turn(self._stage)
        registry = CollectorRegistry()

        def gauge(name: str, told: str, *labels: str) -> Gauge:
            return Gauge(f"onrecord_run_{name}", told, ["command", *labels], registry=registry)

        inputs = gauge("inputs", "Inputs of the last run, by what became of them.", "state")
        for state in get_args(InputState):
            inputs.labels(self._command, state).set(report.states.get(state, 0))
        inputs.labels(self._command, "held").set(report.held)
        stages = gauge("stage_seconds", "How long the last run took, by stage.", "stage")
        for stage, seconds in self._seconds.items():
            stages.labels(self._command, stage).set(seconds)
        gauge("incidents", "Incidents after the last run.").labels(self._command).set(report.incidents)
        ended = gauge("last_success_timestamp_seconds", "When the last run ended that came to its end.")
        ended.labels(self._command).set(at.timestamp())
        try:
            write_to_textfile(str(path), registry)
            # Whoever reads it is another user, and there is nothing secret in it
            path.chmod(0o644)
        except OSError as error:
            raise TryLater(f"{path}: cannot be written ({error.strerror}); what was read is kept") from error


def check(path: Path) -> None:
    """Raises WrongUse for a file that would be passed over, or that has no folder."""
    if path.suffix != ".prom":
        raise WrongUse(f"--metrics {path}: has to end in .prom; others are passed over by what collects them")
    if not path.absolute().parent.is_dir():
        raise WrongUse(f"--metrics {path}: the folder {path.parent} does not exist; make it first")
