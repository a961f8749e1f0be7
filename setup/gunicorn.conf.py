"""How gunicorn serves the portal: two processes of four threads, so that a slow PDF or client holds up nobody else."""

import os

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", 2))
worker_class = "gthread"
threads = 4
timeout = 120
loglevel = "warning"
control_socket_disable = True


def when_ready(server):
    from reformcomms.settings import DEBUG, TODAY

    print(f"\nReformComms: {server.LISTENERS[0]}/{f'  (the demo thinks it is {TODAY})' if TODAY else ''}")
    if DEBUG:
        print("Sign in as bao-loc.coordinator, bao-loc.leader or bao-loc.phong-van-hoa-thong-tin;")
        print("the password of every demo account is reformcomms-demo. Ctrl-C stops.", flush=True)
