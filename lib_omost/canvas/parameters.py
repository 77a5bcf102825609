"""Matching of argument names to the parameters of a method."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from lib_omost.canvas.beginnings import plain_name
from lib_omost.canvas.correction import correct_typo
from lib_omost.canvas.fields import FieldSpec, specs


def parameter_named(written: str, element: type) -> FieldSpec | None:
    """The field of `element` that the argument name `written` means; None if it means none."""
    spellings, usual = _spellings(element)
    plain = plain_name(written)
    if plain not in spellings:
        plain = correct_typo(plain, usual) or plain
    return spellings.get(plain)


@cache
def _spellings(element: type) -> tuple[Mapping[str, FieldSpec], Mapping[str, str]]:
    """Two tables whose keys are spellings without case and underscores: the field of each spelling, and the keyword of
    each spelling that may be misspelt. Keywords of the extension may not, because programs, and people who know them,
    write them."""
    rows = specs(element)
    spellings = {alias: row for row in rows for alias in (plain_name(row.keyword), *row.aliases)}
    usual = {alias: plain_name(row.keyword) for alias, row in spellings.items() if not row.extension}
    return spellings, usual
