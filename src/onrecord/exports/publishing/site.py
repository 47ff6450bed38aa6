"""Publishes a ledger into a folder: pages for people, files for machines, and a release that stays."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from onrecord.errors import WrongUse
from onrecord.exports.private import Row
from onrecord.exports.publishing import data, releases, scope
from onrecord.exports.publishing.folder import Marker, Site, held
from onrecord.exports.publishing.pages import Pages, assets, feed_id, site
from onrecord.exports.publishing.releases import Release
from onrecord.exports.publishing.shown import Shown
from onrecord.exports.sheets import Sheet
from onrecord.pipeline import View

Progress = Callable[[str, int, int], None]
"""Told what is being made, how many of it are done, and how many there are."""

TITLE = "Incidents on record"


def silent(_what: str, _done: int, _of: int) -> None:
    """No progress."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be published. title: of the site, that of before without one; release: its name, the latest day that the ledger
    bears without one; campaign: what alone is published, everything without one.
    """

    title: str | None = None
    release: str | None = None
    campaign: str | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What was published. new: whether it is a new release."""

    release: Release
    new: bool


@dataclass(frozen=True, slots=True)
class _Past:
    """The releases before the one that is made, oldest first, and the incidents of the last of them."""

    releases: tuple[Release, ...]
    incidents: tuple[Row, ...]


def publish(view: View, folder: Path, wanted: Wanted, progress: Progress = silent) -> Published:
    """Writes the site; the folder is as it was where that fails.

    Raises WrongUse for a folder that is not ours, for a campaign that there is not or another than before, and for the name of a
    release that is there with other content; TryLater where the folder cannot be written.
    """
    part = scope.within(view, wanted.campaign)
    updated = scope.updated(part)
    latest = scope.latest(part, updated)
    name = wanted.release or (latest.isoformat() if latest else None)
    if name is None:
        raise WrongUse("no story and no decision here has a day; name the release with --release")
    releases.check(name)
    with held(folder) as place:
        past = _past(place, name, wanted.campaign)
        shown = Shown(part, updated)
        ended = data.ends(part, _away(past, shown, name))
        sheets = list(data.sheets(shown, ended))
        release = _with_data(place, shown, sheets, progress)
        whole = replace(release, name=name, day=latest.isoformat() if latest else None)
        published = _released(place, whole, past, sheets[0].rows, ended)
        _pages(place, published.release, past, shown, ended, wanted, progress)
        return published


def _past(place: Site, name: str, campaign: str | None) -> _Past:
    """What was published before. Raises WrongUse where the name or the campaign does not go with that."""
    marker = place.marker
    if marker is None:
        return _Past((), ())
    if marker.campaign != campaign:
        was = f"the campaign {marker.campaign}" if marker.campaign else "a whole ledger"
        now = f"the campaign {campaign}" if campaign else "a whole ledger"
        raise WrongUse(
            f"{place.folder}: publishes {was}; publish {now} into another folder, or name the same --campaign"
        )
    if name in marker.releases[:-1]:
        raise WrongUse(
            f"--release {name}: is there already, and {marker.releases[-1]} came after it; give another name"
        )
    names = [one for one in marker.releases if one != name]
    rows = releases.incidents(place.folder, names[-1]) if names else []
    return _Past(tuple(releases.load(place.folder, one) for one in names), tuple(rows))


def _away(past: _Past, shown: Shown, name: str) -> dict[str, str]:
    """The ids of earlier releases that are in none since, this one among them."""
    here = {one.id for one in shown.view.derived.incidents}
    now = {str(row["id"]): name for row in past.incidents if row["id"] not in here}
    return {**now, **releases.away(past.releases)}


def _with_data(place: Site, shown: Shown, sheets: Sequence[Sheet], progress: Progress) -> Release:
    """The files for machines, laid into the site; a release that knows them, without its name."""
    told = []
    for done, (name, meaning, made) in enumerate(data.made(shown, sheets)):
        progress("data", done, 2 * len(sheets) + 3)
        place.lay(f"data/{name}", made)
        told.append(data.summed(name, meaning, made))
    sums = data.sums(told)
    place.lay("data/SHA256SUMS", sums)
    counts = {sheet.name: len(sheet.rows) for sheet in sheets}
    return Release(
        "", None, None, data.summed("", "", sums).sha256, counts, tuple(told), releases.difference([], [], {})
    )


def _released(place: Site, made: Release, past: _Past, rows: Sequence[Row], ended: data.Ends) -> Published:
    """The release, laid into the site. Raises WrongUse where one of its name is there with other content."""
    for one in past.releases:
        _keep(place, one.name)
    if place.marker is not None and made.name in place.marker.releases:
        there = releases.load(place.folder, made.name)
        if there.hash != made.hash:
            raise WrongUse(
                f"--release {made.name}: is there with other content (SHA-256 {there.hash[:12]}…, now {made.hash[:12]}…), and a "
                "release never changes; give another name with --release"
            )
        _keep(place, made.name)
        return Published(there, new=False)
    if past.releases:
        found = releases.difference(past.incidents, rows, ended.redirects)
        made = replace(made, before=past.releases[-1].name, difference=found)
    for name, data_ in releases.made(made, rows):
        place.lay(f"{releases.ROOT}/{made.name}/{name}", data_)
    return Published(made, new=True)


def _keep(place: Site, name: str) -> None:
    """Leaves the files of a release as they are; its page is made anew, as all pages are."""
    folder = place.folder / releases.ROOT / name
    place.keep(f"{releases.ROOT}/{name}/{path.name}" for path in sorted(folder.iterdir()) if path.name != "index.html")


def _pages(
    place: Site, release: Release, past: _Past, shown: Shown, ended: data.Ends, wanted: Wanted, progress: Progress
) -> Marker:
    """The pages, laid into the site, and everything put in its place."""
    before = place.marker
    title = wanted.title or (before.title if before else wanted.campaign or TITLE)
    history = (release, *reversed(past.releases))
    made = Pages(shown, site(title, wanted.campaign, release), history, ended)
    count = len(shown.view.derived.incidents)
    for done, (path, page) in enumerate(_all(made)):
        place.lay(path, page)
        progress("pages", min(done, count), count)
    names = tuple(one.name for one in reversed(history))
    return place.finish(feed_id(history[-1].hash), title, wanted.campaign, names)


def _all(made: Pages) -> Iterator[tuple[str, bytes]]:
    yield from made.made()
    yield from assets()
