"""The painting of a chat's canvas: one render, from its plan to the last picture in the chat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lib_omost.artifacts.record import Record
from lib_omost.errors import SettingsError
from lib_omost.presets import completed
from lib_omost.render.repaint import Keep
from lib_omost.render.settings import RenderSettings

from .conversation import Conversation
from .drafts import RenderDraft
from .entries import NoticeEntry, Prompt
from .feed import Feed
from .interruptions import key_of
from .layout import chat_layout, notes_value
from .limits import cost
from .page_state import STOPPING, Changes, line
from .repainting import Plan
from .use_cases import UseCases, sentence


def painting(
    cases: UseCases, page: str, chat: Conversation, settings: dict[str, Any], used: dict[str, Any], plan: Plan
) -> Iterator[Changes]:
    """Paint the canvas of `chat`, which has one, according to `plan`; every picture is added to the chat when it is
    finished. settings: the arguments of `RenderSettings`; those without a control on the page, such as the sampler, are
    those of the painter's preset. used: the settings to store with the conversation. An error becomes a notice."""
    canvas, studio = chat.canvas(), cases.studio
    assert canvas is not None, "callers have checked"
    draft = RenderDraft(canvas)
    before = len(chat)
    error: str | None = None
    key = key_of(cases.keeper.session(page), chat)
    with cases.jobs.working(page, "render", _cost(cases, settings)) as stop, cases.interruptions.watching(key):
        try:
            wanted = completed(studio.painter_preset, settings)
            prompts = [entry.text for entry in chat.entries if isinstance(entry, Prompt)]
            record, keep = _kept_part(cases, page, studio.record(canvas, wanted, prompts), plan)
            yield {
                "busy": "render",
                "layout": chat_layout(chat, editable=False, continues=True),
                "progress": draft.progress(),
                "part": {**plan.to_json(), "offered": False},
                **cases.page_state.render(chat, "render"),
            }
            for events in Feed(studio.render(canvas, wanted, keep=keep, stop=stop), stop):
                for event in events:
                    draft.take(event)
                changes: Changes = {"progress": STOPPING if stop.is_set() else draft.progress()}
                for picture in draft.new_pictures():
                    chat += cases.pictures(page).keep(picture, studio.as_painted(record))
                    changes |= {"chat": chat, "memory": chat.to_json(), "used": {"render": used}}
                if (preview := draft.new_preview()) is not None:
                    changes["layout"] = chat_layout(chat, editable=False, preview=preview, continues=True)
                yield changes
        except Exception as caught:  # GeneratorExit passes
            error = sentence(caught, "Rendering failed")
    made = len(chat) - before
    if error is not None:
        chat += NoticeEntry(error, "error")
    yield {
        "chat": chat,
        "memory": chat.to_json(),
        "layout": chat_layout(chat, continues=True, rendered=made),
        "notes": notes_value(chat.interpretation(), draft.notices),
        "progress": line(error, "error") if error else line(draft.summary()),
        "busy": None,
        "models": cases.page_state.models(studio.status()),
        **cases.page_state.render(chat, None),
    }


def _kept_part(cases: UseCases, page: str, record: Record, plan: Plan) -> tuple[Record, Keep | None]:
    """The record with the origin of the pictures, and what the painter should keep. Raises PictureError if the last
    picture cannot be read."""
    if plan.part is None:
        return record, None
    parent = cases.repainting.parent(page, plan)
    return replace(record, origin=parent.origin(plan.part)), parent.keep(plan.part, record.painter_hash)


def _cost(cases: UseCases, settings: dict[str, Any]) -> int:
    try:
        return cost(RenderSettings(**settings), cases.studio.painter_preset.settings)
    except SettingsError:
        return 1  # the error is reported when the work begins
