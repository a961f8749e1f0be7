"""manage.py load_demo: the fictional province as it stands today, and accounts to try every locality with."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.demo import FICTIONAL, PASSWORD, create_demo_accounts
from accounts.models import User
from activities.catalogue import load_catalogues
from activities.demo import load_minh_hoa
from activities.demo.planning import load_planning
from activities.loading import REAL
from agencies import clock
from agencies.models import Locality
from reports.demo import load_reports


class Command(BaseCommand):
    help = "Load the fictional province with its results until now, and demo accounts; what is there already stays."

    def handle(self, *args, **options):
        if not settings.DEBUG:
            raise CommandError("The demo has accounts with a known password: it is loaded only where DEBUG is on.")
        load_catalogues()
        late = []
        updates = load_minh_hoa(clock.today(), clock.now(), late=late)
        plans = load_planning(clock.today())
        reports = load_reports(Locality.objects.get(slug=FICTIONAL), clock.now(), late)
        self.stdout.write(f"{FICTIONAL}: {updates} new updates, {plans} new plans and templates, {reports} new reports")
        for locality in Locality.objects.filter(slug__in=[FICTIONAL, *REAL], plans__isnull=False).distinct():
            plan = locality.plans.order_by("-period_start", "pk").first()
            create_demo_accounts(locality, plan.coordinating_agency or plan.issuing_agency)
            accounts = User.objects.filter(username__startswith=f"{locality.slug}.").count()
            self.stdout.write(f"{locality.slug}: {accounts} accounts")
        self.stdout.write(
            f"Log in as <locality>.coordinator, .leader, .admin or .<agency>, password {PASSWORD}: "
            f"for example {FICTIONAL}.coordinator, {FICTIONAL}.so-tai-chinh"
        )
