"""The dates of a person as an iCalendar file: the one door of icalendar.

Calendars on telephones and in offices fetch it by an address that nobody can guess; what it holds is what the page
shows. Every entry keeps its UID, so that a moved deadline moves and does not double.
"""

from datetime import timedelta

from django.utils.translation import gettext as _
from icalendar import Calendar, Event as Entry, vDuration

from .progress import State

AGAIN_AFTER = timedelta(hours=6)  # how often a calendar is asked to fetch it


def render_feed(events, *, name, owner, base, now):
    """The bytes of the file.

    Args:
        events: `agenda.Event`s.
        name: of the calendar, as the person's programme lists it.
        owner: makes the UIDs differ from those of other localities.
        base: the site's address, before the paths of the events.
        now: the moment of asking (aware).
    """
    feed = Calendar()
    feed.add("prodid", "-//ReformComms//Deadlines//VI")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", name)
    feed.add("refresh-interval", AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    feed.add("x-published-ttl", vDuration(AGAIN_AFTER).to_ical().decode())
    for event in events:
        feed.add_component(_entry(event, owner, base, now))
    return feed.to_ical()


def _entry(event, owner, base, now):
    """One day-long entry that does not make anybody busy."""
    state = str(event.state.label)
    title = _("%(state)s: %(title)s") % {"state": state, "title": event.title} if event.is_overdue else event.title
    entry = Entry()
    entry.add("uid", f"{event.key}@{owner}.reformcomms")
    entry.add("dtstamp", now)
    entry.add("dtstart", event.day)
    entry.add("summary", title)
    entry.add("description", f"{event.detail}\n{event.late if event.days_late else state}")
    entry.add("url", f"{base}{event.url}")
    entry.add("transp", "TRANSPARENT")
    entry.add("status", "CANCELLED" if event.state == State.CANCELLED else "CONFIRMED")
    return entry
