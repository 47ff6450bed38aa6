"""The command line: options → one call → print. Data goes to standard output, everything else to standard error."""

# Each module adds its commands to the application, in the order in which the help lists them
from onrecord.cli import reading, watching, asking, comparing, deciding, importing, keeping, publishing, serving, people  # noqa: F401, I001
from onrecord.cli.app import app
from onrecord.cli.running import main

__all__ = ["app", "main"]
