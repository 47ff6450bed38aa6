"""What a task is asked to do."""

from dataclasses import dataclass, field
from pathlib import Path

from evaluation import rows
from evaluation.reading import Library
from evaluation.rows import BadInput, Row


@dataclass(frozen=True)
class Order:
    """input: the file with the stories, pairs or questions. stories: files with the stories that those refer to.
    library: where sets that several tasks ask for are read once.
    """

    input: Path
    stories: tuple[Path, ...] = ()
    library: Library = field(default_factory=Library)

    def told(self) -> dict[str, Row]:
        """The rows of the story files, by id. Raises BadInput where there are none, or an id comes twice."""
        if not self.stories:
            raise BadInput(
                f"{self.input}: its rows refer to stories, so the files with the stories have to follow OUTPUT"
            )
        found: dict[str, Row] = {}
        for path in self.stories:
            for row in rows.read(path, ("id", "text")):
                if row["id"] in found:
                    raise BadInput(f'{path}: the story "{row["id"]}" stands in a file before it already')
                found[row["id"]] = row
        return found
