"""Who may do what: four roles, a rule for every route, and nobody where there is none."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from onrecord.ledger import people

Role = people.Role
ROLES = people.ROLES

Via = Literal["local", "session", "token"]


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. id: what decisions are signed with, and never changes; name: as shown; role: by token, no more than its scope;
    via: how it is known who it is: "local" needs no password.
    """

    id: str
    name: str
    role: Role
    via: Via

    @property
    def knows_names(self) -> bool:
        """Whether the names of private persons are shown to this one: who codes needs them to tell people apart."""
        return self.may("coder")

    def may(self, role: Role) -> bool:
        """Whether this person has that role, or one above it."""
        return ROLES.index(self.role) >= ROLES.index(role)


class SignInFirst(Exception):
    """Nobody is known to ask, and the route is not for everybody."""


class NotAllowed(Exception):
    """The route is for another role. str(): the least one that may."""


@dataclass(frozen=True, slots=True)
class Needs:
    """The rule of a route, as one of its dependencies. role: the least that may; None for everybody. in_person: a token does
    not do: whoever holds one could make themselves others, which reach further and last longer.
    """

    role: Role | None
    in_person: bool = False

    def __call__(self, request: Request) -> Person | None:
        """The person who asks. Raises SignInFirst, NotAllowed."""
        person: Person | None = getattr(request.state, "person", None)
        if self.role is None:
            return person
        if person is None:
            raise SignInFirst
        if not person.may(self.role):
            raise NotAllowed(self.role)
        if self.in_person and person.via == "token":
            raise NotAllowed("person who has signed in, and no program")
        return person


ANYONE, READER, CODER, LEAD, ADMIN = Needs(None), Needs("reader"), Needs("coder"), Needs("lead"), Needs("admin")
READER_IN_PERSON, ADMIN_IN_PERSON = Needs("reader", in_person=True), Needs("admin", in_person=True)


def rules(routers: Iterable[APIRouter]) -> Iterator[tuple[str, str, Role | None]]:
    """Method, path and rule of every route. Raises RuntimeError for one that has no rule, or two: it would be open to all."""
    yield from ((method, path, needs.role) for method, path, needs in _ruled(routers))


def in_person(routers: Iterable[APIRouter]) -> frozenset[tuple[str, str]]:
    """Method and path of every route that no token opens."""
    return frozenset((method, path) for method, path, needs in _ruled(routers) if needs.in_person)


def _ruled(routers: Iterable[APIRouter]) -> Iterator[tuple[str, str, Needs]]:
    for route in (route for router in routers for route in router.routes):
        found = list(_needs(route.dependant)) if isinstance(route, APIRoute) else []
        if not isinstance(route, APIRoute) or len(found) != 1:
            raise RuntimeError(f"{route}: has {len(found)} rules on who may, and needs one")
        yield from ((method, route.path, found[0]) for method in sorted(route.methods or ()))


def _needs(dependant: Dependant) -> Iterator[Needs]:
    for one in dependant.dependencies:
        if isinstance(one.call, Needs):
            yield one.call
        yield from _needs(one)
