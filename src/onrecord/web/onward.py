"""Where to go on after a form."""

from urllib.parse import urlsplit


def local(next_: str) -> str:
    """Where to go on, if that is a page of this desk; else its first page.

    Browsers take two slashes, also one of them turned round, also with a tab between them, for the address of another machine.
    """
    seen = next_.isprintable() and "\\" not in next_ and next_.startswith("/") and not next_.startswith("//")
    try:
        at = urlsplit(next_)
    except ValueError:
        return "/"
    return next_ if seen and not at.scheme and not at.netloc else "/"
