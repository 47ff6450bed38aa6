"""Every router of the application, in one list."""

from fastapi import APIRouter

from onrecord.web import pages_desk, pages_people, signing_in

ROUTERS: tuple[APIRouter, ...] = (pages_desk.router, signing_in.router, pages_people.router)
