#!/bin/sh
# The portal and one background worker beside it; they end together. Called by `make run`.
set -u
cd "$(dirname "$0")/.."

.venv/bin/python manage.py work &
worker=$!
.venv/bin/gunicorn --config setup/gunicorn.conf.py reformcomms.wsgi &
portal=$!

stop() { kill -TERM "$portal" "$worker" 2>/dev/null; }
trap stop INT TERM HUP
wait "$portal"
status=$?
stop
wait
exit $status
