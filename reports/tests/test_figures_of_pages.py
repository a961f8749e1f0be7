"""Every figure of the timeline, the summary and the wall leads to a list of as many rows, whatever is looked at."""

import pytest

from accounts.tests.factories import login
from activities.models import QuarterlyUpdate

from .test_dashboard_figures import VIEWS, address_of, world  # noqa: F401
from .walking import figures_of, walked, wrong

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

FEWEST = {"/timeline/": 3, "/dashboard/summary/": 10, "/dashboard/wall/": 6}


def address_on(place, world, view):  # noqa: F811
    return f"{place}?{address_of(world, view).partition('?')[2]}"


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("place", FEWEST)
def test_every_figure_is_the_number_of_rows_it_leads_to(world, place, view):  # noqa: F811
    walk = walked(login(world.leader), address_on(place, world, view))

    assert wrong(walk) == {}
    assert len(walk) >= FEWEST[place]
    assert any(int(figure.said) > 0 for figure in walk)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("place, most", [("/timeline/", 14), ("/dashboard/summary/", 16), ("/dashboard/wall/", 15)])
def test_as_few_questions_whatever_is_looked_at(world, place, most, view, django_assert_max_num_queries):  # noqa: F811
    browser = login(world.leader)
    address = address_on(place, world, view)
    browser.get(address)  # the session is new

    with django_assert_max_num_queries(most):
        browser.get(address)


@pytest.mark.parametrize("place", ["/dashboard/summary/", "/dashboard/wall/"])
def test_the_overview_says_the_same(world, place):  # noqa: F811
    browser = login(world.leader)
    view = "all plans of the year as of an earlier day"

    overview, here = (set(figures_of(browser.get(address_on(at, world, view)).text)) for at in ("/dashboard/", place))

    shared = {figure.address for figure in overview} & {figure.address for figure in here}
    assert len(shared) >= 5
    assert {each for each in overview if each.address in shared} == {each for each in here if each.address in shared}


@pytest.mark.parametrize("place", FEWEST)
def test_a_page_of_an_empty_plan_has_no_figure_without_its_rows(world, place):  # noqa: F811
    QuarterlyUpdate.objects.filter(period__plan=world.plan).delete()
    world.plan.activities.all().delete()

    walk = walked(login(world.leader), f"{place}?plan={world.plan.pk}")

    assert wrong(walk) == {}
    assert {figure.said for figure in walk} <= {"0"}
