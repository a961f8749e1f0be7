"""What the tests over all addresses ask of this app, one module a subject.

Each module has `CASES` {address name: (methods, arguments in a world)} for test_strangers, `OPEN`: names of those that
anybody may open, `ROLES` {address name: who is let in} for test_roles (of a world whose updates have been sent),
`PAGES` {page: (who, status of the updates, its address in a world)} for test_queries. Arguments are made in the world
on first asking: they must stand being asked twice.
"""

from . import channels, checking, dashboards, dossiers, drafting, files, public, scorecards, sealing

MODULES = (channels, checking, dashboards, dossiers, drafting, files, public, sealing, scorecards)


def merged(name):
    """The tables called `name` of all modules, as one."""
    return {key: value for module in MODULES for key, value in getattr(module, name).items()}
