"""Full text."""


class Index:
    """Later."""
