"""A public site of a ledger that nobody needs to serve: pages, files, and releases that stay as they were."""

from onrecord.exports.publishing.site import Published, Wanted, publish

__all__ = ["Published", "Wanted", "publish"]
