"""What an export could not say as the ledger says it: the loss report beside every table in another codebook's shape."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, get_args

Act = Literal["dropped", "rounded", "guessed", "left out"]
"""dropped: a value that has no column; rounded: one that a column holds more coarsely; guessed: one that the ledger does not hold
and the codebook demands; left out: a record that gets no row at all.
"""


@dataclass(frozen=True, slots=True)
class Loss:
    """One of them. record: the id in the ledger; column: of the export, None for a record that is left out; had: as the ledger has
    it, in words, None for nothing; wrote: what stands in the export, None for nothing; why: a sentence, or the name of the
    codebook's rule.
    """

    record: str
    act: Act
    column: str | None
    had: str | None
    wrote: str | None
    why: str


@dataclass(slots=True)
class Losses:
    """Losses, as they are met."""

    met: list[Loss] = field(default_factory=list)

    def add(self, record: str, act: Act, column: str | None, had: object, wrote: object, why: str) -> None:
        """One more."""
        self.met.append(Loss(record, act, column, _words(had), _words(wrote), why))

    def report(self, form: str, rules: str, written: dict[str, int]) -> dict[str, object]:
        """The report as it is written. form: of the export; rules: a sentence on whose rules it follows; written: how many rows each
        file has.
        """
        totals = Counter((loss.act, loss.column or "") for loss in self.met)
        return {
            "format": form,
            "rules": rules,
            "written": written,
            "totals": [
                {"act": act, "column": column or None, "number": number}
                for (act, column), number in sorted(
                    totals.items(), key=lambda one: (get_args(Act).index(one[0][0]), one[0][1])
                )
            ],
            "losses": [_row(loss) for loss in self.met],
        }


def _row(loss: Loss) -> dict[str, object]:
    return {
        "record": loss.record,
        "act": loss.act,
        "column": loss.column,
        "had": loss.had,
        "wrote": loss.wrote,
        "why": loss.why,
    }


def _words(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "; ".join(str(one) for one in value) or None
    return str(value)
