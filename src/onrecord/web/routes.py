"""Every router of the application, in one list."""

from fastapi import APIRouter

from onrecord.web import pages_desk, pages_search

ROUTERS: tuple[APIRouter, ...] = (pages_desk.router, pages_search.router)
