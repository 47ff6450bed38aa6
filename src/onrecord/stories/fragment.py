"""A piece of HTML that is a story's body and nothing else → its text."""

from onrecord.stories import visible


def text(html: str) -> str:
    """The visible paragraphs, one a line. Nothing is looked for or left out, since no page stands around it."""
    return "\n".join(paragraph.text for paragraph in visible.look(html).paragraphs)


def line(html: str) -> str:
    """The same on one line, as a headline is."""
    return " ".join(text(html).split())
