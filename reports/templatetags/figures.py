"""Figures on a page: what counts rows is a link to as many, what counts none says what it is (`fact`).

A test that walks over a page (`tests/walking.py`) takes every other number for one that was forgotten.
"""

from django import template

from ..counted import Fact, Rows

register = template.Library()


@register.filter
def rows(n, url):
    """The number as a link to the `n` rows it counts. Usage: {{ totals.sent|rows:urls.sent }}"""
    return Rows(n, url).html


@register.filter
def fact(words, kind):
    """A number that counts no rows: `kind` says what it is. Usage: {{ activity.number|fact:"number" }}"""
    return Fact(words, kind).html
