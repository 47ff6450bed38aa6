"""Every router of the application, in one list."""

from fastapi import APIRouter

from onrecord.web import pages_desk, pages_timeline

ROUTERS: tuple[APIRouter, ...] = (pages_desk.router, pages_timeline.router)
