"""The door of the web server."""

import os

from django.core.wsgi import get_wsgi_application

from agencies.encoding import at_the_door

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reformcomms.settings")

application = at_the_door(get_wsgi_application())
