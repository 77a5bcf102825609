"""Which parameter of a method a written name means."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from lib_omost.canvas.beginnings import plain_name
from lib_omost.canvas.correction import mend_typo
from lib_omost.canvas.fields import FieldSpec, specs


def parameter_named(written: str, element: type) -> FieldSpec | None:
    """The field of `element` whose keyword a name means; None if it means none of them."""
    spellings, usual = _spellings(element)
    plain = plain_name(written)
    if plain not in spellings:
        plain = mend_typo(plain, usual) or plain
    return spellings.get(plain)


@cache
def _spellings(element: type) -> tuple[Mapping[str, FieldSpec], Mapping[str, str]]:
    """Every spelling without case and underscores to its field, and the spellings that may hold a typing mistake to the
    plain name of theirs: no misspelt word is taken for a part of the extension, which is written by programs and by
    people who know it."""
    rows = specs(element)
    spellings = {alias: row for row in rows for alias in (plain_name(row.keyword), *row.aliases)}
    usual = {alias: plain_name(row.keyword) for alias, row in spellings.items() if not row.extension}
    return spellings, usual
