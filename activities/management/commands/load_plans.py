"""manage.py load_plans [FILE ...]: the catalogues and the five real plans, or plans of one's own files."""

from pathlib import Path

import yaml
from django.core.management.base import BaseCommand, CommandError

from activities.catalogue import load_catalogues
from activities.loading import REAL, load_plan, parse_plan, read_plan
from agencies import clock


class Command(BaseCommand):
    help = "Load the catalogues and the five real plans, or the plans of the given YAML files; what is there stays."

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="a file like those in plans/data/")

    def handle(self, *args, files, **options):
        load_catalogues()
        try:
            plans = [parse_plan(file.read_text(encoding="utf-8")) for file in files] or [read_plan(n) for n in REAL]
            created = sum(load_plan(plan, at=clock.now())[1] for plan in plans)
        except (OSError, yaml.YAMLError) as error:
            raise CommandError(f"Cannot read the file: {error}") from error
        except KeyError as error:
            raise CommandError(f"The file names {error}, which it does not define.") from error
        self.stdout.write(f"{created} plans loaded, {len(plans) - created} were there")
