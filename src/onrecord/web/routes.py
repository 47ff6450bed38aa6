"""Every router of the application, in one list."""

from fastapi import APIRouter

from onrecord.web import deciding, pages_desk, pages_incident, pages_lists, pages_people, pages_story, signing_in

ROUTERS: tuple[APIRouter, ...] = (
    pages_desk.router,
    pages_story.router,
    pages_incident.router,
    pages_lists.router,
    deciding.router,
    signing_in.router,
    pages_people.router,
)
