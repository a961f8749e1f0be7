"""The planning workspace's job in a real browser: 271/KH-UBND of Bảo Lộc typed from paper, checked, issued, printed.

What is typed is read from the plan's own file. The clock stands at 27/02/2012, three days after the plan was signed.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import docx
import openpyxl
import pdfplumber
import pytest
from playwright.sync_api import expect

from accounts.demo import create_demo_accounts
from accounts.models import User
from accounts.tests.factories import login
from activities.catalogue import load_catalogues
from activities.loading import load_agencies, load_groups, load_plan, read_plan
from activities.models import Assignment
from agencies.models import Locality
from plans.document import read_document
from plans.models import Channel, Plan, PlanStatus

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 780}
TODAY = date(2012, 2, 27)
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LETTERS = 12  # typed of a name before it is chosen
PAPER = read_plan("bao-loc")
TITLE = PAPER["plan"]["title"]
AGENCIES = {row["slug"]: row["name"] for row in PAPER["agencies"]}
GROUPS = {row["slug"]: row["name"] for row in PAPER["groups"]}


@dataclass
class Typist:
    """A person at a browser; counts what a hand would do, to know how long typing takes."""

    page: object
    keys: int = 0
    pastes: int = 0
    clicks: int = 0

    def type(self, words):
        """Words as an input method commits them."""
        self.keys += len(words)
        self.page.keyboard.insert_text(words)

    def press(self, *keys):
        for key in keys:
            self.keys += 1
            self.page.keyboard.press(key)

    def click(self, target):
        self.clicks += 1
        target.click()

    def fill(self, target, words):
        self.clicks += 1
        self.keys += len(words)
        target.fill(words)

    def paste(self, words, target=None):
        """Sentences copied from the document's file: into `target`, or where one stands."""
        self.pastes += 1
        if target:
            target.fill(words)
        else:
            self.page.keyboard.insert_text(words)

    def choose(self, box, name):
        """Find an agency, a group or a channel in the suggestions by its first letters, and take it."""
        box.focus()
        self.type(name[:LETTERS])
        pop = box.locator("xpath=ancestor::*[contains(@class,'has-pop')]")
        option = pop.locator("[role=option]:not([data-kind=words])").and_(
            pop.locator(f'[data-label="{name}"], [data-label^="{name} ("]')
        )
        expect(option).to_be_visible()
        while option.get_attribute("aria-selected") != "true":
            self.press("ArrowDown")
        self.press("Enter")
        expect(box).to_have_value("")

    @property
    def minutes(self):
        """At 200 characters a minute, three seconds a click, five to fetch a passage from the document's file."""
        return self.keys / 200 + self.clicks * 3 / 60 + self.pastes * 5 / 60


@pytest.fixture
def browser_context_args(browser_context_args, request):
    size = getattr(request, "param", DESKTOP)
    return {**browser_context_args, "viewport": size, "has_touch": size is PHONE}


@pytest.fixture
def city(transactional_db, clock):
    """Bảo Lộc with its agencies and groups, and no plan yet."""
    clock(TODAY)
    load_catalogues()
    locality = Locality.objects.create(**PAPER["locality"])
    agencies = load_agencies(locality, PAPER["agencies"])
    load_groups(locality, PAPER["groups"], agencies)
    create_demo_accounts(locality, agencies["phong-noi-vu"])
    return locality


@pytest.fixture
def person(page, live_server, city):
    user = User.objects.get(username="bao-loc.coordinator")
    value = login(user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
    page.set_default_timeout(8000)
    return Typist(page)


def vietnamese(day):
    return f"{day:%d/%m/%Y}"


def begin_empty(person, live_server):
    """The facts of the plan; the number and the day come with the issue."""
    page, facts = person.page, PAPER["plan"]
    page.goto(f"{live_server.url}/plans/add/")
    for name in ("title", "place", "period_text"):
        person.fill(page.locator(f"#id_{name}"), facts[name])
    for name in ("issuing_agency", "coordinating_agency"):
        person.clicks += 2
        page.locator(f"#id_{name}").select_option(label=AGENCIES[facts[name]])
    for name in ("period_start", "period_end"):
        person.fill(page.locator(f"#id_{name}"), vietnamese(facts[name]))
    person.click(page.locator("button[form=plan]"))
    return Plan.objects.get()


# The parts


def opened(person, part):
    """The part, opened for writing."""
    section = person.page.locator(f"#{part}")
    person.click(section.locator("h2 ~ a"))
    expect(section.locator("[data-rows]")).to_be_attached()
    return section


def closed(person, section):
    person.click(section.locator("h2 ~ a"))
    expect(section.locator("[data-rows]")).to_have_count(0)


def paste_rows(person, part, rows):
    section = opened(person, part)
    lines = "\n".join(f"{row['code']}. {row['text']}" if "code" in row else f"- {row['text']}" for row in rows)
    person.paste(lines, section.locator("[name=lines]"))
    expect(section.locator(".understood li")).to_have_count(len(rows))
    person.click(section.locator("button[value=add]"))
    expect(section.locator("li[data-pk]")).to_have_count(len(rows))
    return section


def chip(person, section, *labels):
    for label in labels:
        person.click(section.locator(".row-form label.chip").get_by_text(label, exact=True))


def type_rows(person, part, rows, fill):
    """Rows one after the other with Ctrl+Enter; `fill` types what a row says besides its words."""
    section = opened(person, part)
    for count, row in enumerate(rows, start=1):
        text = section.locator(".row-form [name=text]")
        expect(text).to_be_focused()
        expect(text).to_have_value("")
        person.paste(row["text"])
        fill(section, row)
        section.locator(".row-form [name=text]").focus()
        person.press("Control+Enter")
        expect(section.locator("li[data-pk]")).to_have_count(count)
    closed(person, section)


def field_of(section, name):
    return section.locator(f".row-form [name={name}]")


def type_legal_bases(person):
    def facts(section, row):
        for name, words in (
            ("kind", row["kind"]),
            ("number", row["number"]),
            ("issued_on", vietnamese(row["issued_on"])),
            ("issuing_agency_name", row["issuing_agency"]),
        ):
            person.press("Tab")
            expect(field_of(section, name)).to_be_focused()
            person.type(words)

    type_rows(person, "legal_bases", PAPER["legal_bases"], facts)


def type_channels(person, names):
    def further(section, row):
        person.fill(field_of(section, "code"), row["code"])
        chip(person, section, *(names[code] for code in row["channels"]))

    type_rows(person, "channels", PAPER["channels"], further)


def paste_themes(person):
    """The words at once, then each one's audience: one row leads to the next."""
    section = paste_rows(person, "themes", PAPER["themes"])
    for row in PAPER["themes"]:
        line = section.locator("li[data-pk]").filter(has_text=row["text"]).filter(has_text=row["code"])
        person.click(line.locator(".tools a"))
        expect(field_of(section, "code")).to_have_value(row["code"])
        chip(person, section, *row["audiences"])
        person.click(section.locator("button[value=done]"))
        expect(section.locator(".row-form")).to_have_count(0)
        expect(line).to_contain_text(row["audiences"][0])
    closed(person, section)


def type_duties(person):
    def further(section, row):
        kind, bearers = field_of(section, "kind"), section.locator(".f-bearers input[role=combobox]")
        person.clicks += 2
        kind.select_option(row["kind"])
        for slug in row.get("agencies", []):
            person.choose(bearers, AGENCIES[slug])
        for slug in row.get("groups", []):
            person.choose(bearers, GROUPS[slug])
        if "printed" in row:
            person.fill(field_of(section, "bearer_as_printed"), row["printed"])

    type_rows(person, "duties", PAPER["duties"], further)


def type_reporting(person):
    def further(section, row):
        person.clicks += 2
        field_of(section, "reporter").select_option(label=AGENCIES[row["reporter"]])
        person.fill(field_of(section, "recipient_as_printed"), row["recipient"])
        person.click(section.locator("label.chip:has([value=quarterly])"))

    type_rows(person, "reporting_duties", PAPER["reporting"], further)


def type_budget(person):
    def further(section, row):
        person.fill(field_of(section, "bearer_as_printed"), row["printed"])

    type_rows(person, "budget_lines", PAPER["budget"], further)


def type_parts(person, names):
    type_legal_bases(person)
    closed(person, paste_rows(person, "audiences", [{"text": text} for text in PAPER["audiences"]]))
    type_rows(
        person,
        "objectives",
        PAPER["objectives"],
        lambda section, row: chip(person, section, *row.get("audiences", [])),
    )
    closed(person, paste_rows(person, "requirements", PAPER["requirements"]))
    paste_themes(person)
    type_channels(person, names)
    type_duties(person)
    type_reporting(person)
    type_budget(person)
    closed(person, paste_rows(person, "recipients", PAPER["recipients"]))


# The annex


def party(given):
    return AGENCIES[given["agency"]] if "agency" in given else GROUPS[given["group"]]


def type_row(person, activity, names):
    """A row of the table by keyboard: title, then lead and cooperating agencies, time, channels, its number."""
    page = person.page
    page.locator("#grid-add").focus()
    person.paste(activity["title"])
    person.press("Enter")
    row = page.locator("#annex tr.is-edit")
    expect(row.locator("#id_lead")).to_be_focused()
    for role in ("lead", "cooperating"):
        for given in activity.get(role, []):
            person.choose(row.locator(f"#id_{role}"), party(given))
    if activity.get("schedule_text"):
        person.fill(row.locator("#id_schedule_text"), activity["schedule_text"])
    for code in activity["channels"]:
        person.choose(row.locator("#id_channels"), names[code])
    person.fill(row.locator("#id_number"), activity["code"])
    person.press("Control+Enter")
    expect(row).to_have_count(0)
    expect(page.locator("#annex tbody tr th").filter(has_text=activity["title"])).to_be_visible()


def type_details(person, activity):
    """What the table has no column for stands on the row's own page."""
    page = person.page
    person.click(page.get_by_role("link", name=activity["title"], exact=True))
    person.click(page.locator("#annex form a[href$='/edit/'], #annex tr.is-edit a[href$='/edit/']").first)
    person.paste(activity["details"], page.locator("#id_details"))
    person.click(page.locator(".savebar button.btn-primary"))
    page.wait_for_load_state()


def type_annex(person, live_server, plan, names):
    page = person.page
    page.goto(f"{live_server.url}/plans/{plan.pk}/activities/")
    for activity in PAPER["activities"]:
        type_row(person, activity, names)
    for activity in PAPER["activities"]:
        if activity.get("details"):
            page.goto(f"{live_server.url}/plans/{plan.pk}/activities/")
            type_details(person, activity)


# The check and the issue


def check_and_issue(person, live_server, plan):
    page = person.page
    page.goto(f"{live_server.url}/plans/{plan.pk}/check/")
    expect(page.locator("#errors")).to_have_count(0)
    found = page.locator(".findings")
    expect(found).to_contain_text("IV.4")
    for box in page.locator("[name=ack]").all():
        person.clicks += 1
        box.check()
    person.fill(page.locator("#ack-note"), "Văn bản gốc không nêu")
    person.click(page.locator("#ack button"))
    expect(page.locator("[name=ack]")).to_have_count(0)
    facts = PAPER["plan"]
    person.fill(page.locator("#id_number"), facts["number"].split("/")[0])
    person.fill(page.locator("#id_issued_on"), vietnamese(facts["issued_on"]))
    person.fill(page.locator("#id_signatory_title"), facts["signatory"]["title"])
    person.fill(page.locator("#id_signatory_name"), facts["signatory"]["name"])
    person.click(page.locator("#issue button"))
    page.wait_for_url(f"**/plans/{plan.pk}/")


# What was typed is what the paper says


def facts_of(plan):
    names = "kind title number issued_on place issuing_agency_name period_start period_end period_text status"
    signed = "signing_authority signatory_title signatory_name"
    facts = {name: getattr(plan, name) for name in f"{names} {signed}".split()}
    return facts | {"coordinating_agency": plan.coordinating_agency.name}


def parts_of(plan):
    """Every row of every part, without its ids."""
    own = {"pk", "parent", "version", "edited_at"}
    return {
        part: [{name: value for name, value in vars(row).items() if name not in own} for row in rows]
        for part, rows in vars(read_document(plan)).items()
    }


def activities_of(plan):
    names = "number title details schedule_kind schedule_text start deadline target_quantity target_unit"
    names = f"{names} expected_product indicator_id group_id position".split()
    return [
        {name: getattr(activity, name) for name in names}
        | {
            "channels": sorted(channel.pk for channel in activity.channels.all()),
            "themes": activity.themes.count(),
            "parties": [
                (each.role, (each.agency or each.group).name)
                for each in activity.assignments.order_by("role", "position")
            ],
        }
        for activity in plan.activities.order_by("position")
    ]


def loaded_elsewhere():
    """The plan as its file is loaded, in a locality of its own."""
    return load_plan(PAPER | {"locality": PAPER["locality"] | {"slug": "ban-mau"}})[0]


# The paper names these as their heads sign ("Thủ trưởng …", "Chủ tịch UBND …") or in another spelling; whoever chooses
# the agency or the group from the list gets its own name, and its obligation.
READ_AS = {
    "Thủ trưởng các cơ quan, đơn vị sự nghiệp của thành phố": "Các cơ quan, đơn vị sự nghiệp của thành phố",
    "Chủ tịch UBND các phường, xã": "UBND các phường, xã",
    "Ủy ban nhân dân các phường, xã": "UBND các phường, xã",
    "Ủy ban nhân dân thành phố": "Ủy ban nhân dân thành phố Bảo Lộc",
}


def printed_names(plan):
    """The parties' names as the document prints them."""
    rows = Assignment.objects.filter(activity__plan=plan).order_by("activity__position", "role", "position")
    return [each.label for each in rows]


def assert_is_the_paper(plan):
    paper = loaded_elsewhere()
    assert facts_of(plan) == facts_of(paper)
    assert parts_of(plan) == parts_of(paper)
    for typed, printed in zip(activities_of(plan), activities_of(paper), strict=True):
        assert typed == printed
    assert printed_names(plan) == [READ_AS.get(name, name) for name in printed_names(paper)]


# What leaves the portal


def words(text):
    """Words as they run, however lines and cells break them."""
    return "".join(re.findall(r"\w+", text)).casefold()


def said_by(data):
    """Every sentence of the document's parts and annex."""
    for part in ("legal_bases", "objectives", "requirements", "themes", "channels", "duties", "budget", "recipients"):
        yield from (row["text"] for row in data[part])
    for activity in data["activities"]:
        yield from filter(None, (activity["title"], activity.get("schedule_text")))
        yield from activity.get("details", "").splitlines()
    yield data["plan"]["title"]
    yield data["plan"]["signatory"]["name"]


def missing_in(text):
    told = words(text)
    return [sentence for sentence in said_by(PAPER) if words(sentence) not in told]


def pdf_text(content):
    """The running text, and the annex cell by cell."""
    with pdfplumber.open(BytesIO(content)) as pdf:
        cells = (cell for page in pdf.pages for table in page.extract_tables() for row in table for cell in row)
        return "\n".join([*(page.extract_text() for page in pdf.pages), *filter(None, cells)])


def docx_text(content):
    document = docx.Document(BytesIO(content))
    cells = (cell for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(each.text for each in document.paragraphs), *(cell.text for cell in cells)])


def printed_by_libreoffice(content, folder):
    (folder / "plan.docx").write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [shutil.which("soffice"), "--headless", profile, "--convert-to", "pdf", "--outdir", folder]
    subprocess.run([*command, folder / "plan.docx"], check=True, capture_output=True, timeout=120)
    return (folder / "plan.pdf").read_bytes()


def downloaded(person, live_server, plan, extension):
    """What the link on the plan's page leads to."""
    person.page.goto(f"{live_server.url}/plans/{plan.pk}/")
    address = f"/plans/{plan.pk}.{extension}"
    expect(person.page.locator(f'a[href="{address}"]').first).to_be_attached()
    answer = person.page.request.get(f"{live_server.url}{address}")
    assert answer.ok
    return answer.body()


def page_is_left(person):
    """No request of the page is under way when the test itself reads."""
    person.page.wait_for_load_state("networkidle")
    person.page.goto("about:blank")


def test_the_whole_plan_is_typed_checked_issued_and_printed(person, live_server, city, tmp_path):
    names = dict(Channel.objects.values_list("pk", "name"))
    plan = begin_empty(person, live_server)
    type_parts(person, names)
    type_annex(person, live_server, plan, names)
    check_and_issue(person, live_server, plan)
    page_is_left(person)
    plan.refresh_from_db()

    assert person.minutes < 15
    assert plan.status == PlanStatus.ISSUED
    assert_is_the_paper(plan)
    word = downloaded(person, live_server, plan, "docx")
    assert missing_in(docx_text(word)) == []
    assert missing_in(pdf_text(downloaded(person, live_server, plan, "pdf"))) == []
    sheet = openpyxl.load_workbook(BytesIO(downloaded(person, live_server, plan, "xlsx"))).worksheets[0]
    told = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert {activity["title"] for activity in PAPER["activities"]} <= told
    if shutil.which("soffice"):
        assert missing_in(pdf_text(printed_by_libreoffice(word, tmp_path))) == []


@pytest.mark.parametrize("browser_context_args", [PHONE], indirect=True)
def test_a_row_is_typed_on_a_phone(person, live_server, city):
    """Where the table has no room a row is a page of its own, with all its fields."""
    page, activity = person.page, PAPER["activities"][1]
    plan = begin_empty(person, live_server)
    page.goto(f"{live_server.url}/plans/{plan.pk}/activities/")
    person.click(page.locator(".only-phone a.btn"))
    person.fill(page.locator("#id_title"), activity["title"])
    for role in ("lead", "cooperating"):
        for given in activity[role]:
            person.choose(page.locator(f"#id_{role}"), party(given))
    person.fill(page.locator("#id_schedule_text"), activity["schedule_text"])
    person.fill(page.locator("#id_details"), activity["details"])
    person.fill(page.locator("#id_number"), activity["code"])
    assert page.evaluate(SIDEWAYS) == 0
    person.click(page.locator(".savebar button.btn-primary"))
    page.wait_for_url(f"**/plans/{plan.pk}/activities/**")
    page_is_left(person)

    [typed] = activities_of(plan)
    [printed] = [row for row in activities_of(loaded_elsewhere()) if row["number"] == activity["code"]]
    own = {"channels": [], "themes": 0, "position": 1}
    assert typed == printed | own
