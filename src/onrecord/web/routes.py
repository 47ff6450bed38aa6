"""Every router of the application, in one list."""

from fastapi import APIRouter

from onrecord.web import (
    api,
    deciding,
    pages_coding,
    pages_desk,
    pages_health,
    pages_incident,
    pages_lists,
    pages_people,
    pages_search,
    pages_story,
    pages_timeline,
    signing_in,
)

ROUTERS: tuple[APIRouter, ...] = (
    pages_desk.router,
    pages_story.router,
    pages_incident.router,
    pages_lists.router,
    pages_timeline.router,
    pages_search.router,
    pages_coding.router,
    deciding.router,
    signing_in.router,
    pages_people.router,
    pages_health.router,
    *api.ROUTERS,
)
