"""The parts of the page that change, and how changes become gradio's updates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from .state.signs import Changes
from .widgets.chat.widget import ChatView
from .widgets.exports.widget import Exports
from .widgets.region_editor.widget import RegionEditor
from .widgets.settings.widget import Controls
from .widgets.sidebar.widget import Sidebar
from .widgets.view import BranchBar, ModelStatus, NoteList, Progress


@dataclass(frozen=True)
class Page:
    """The parts of the page that change."""

    chat: ChatView
    cleared: gr.State
    branches: BranchBar
    prompt: gr.Textbox
    layout: RegionEditor
    code: gr.Code
    notes: NoteList
    progress: Progress
    models: ModelStatus
    timer: gr.Timer
    load_again: gr.Button
    reason: gr.Markdown
    render: gr.Button
    stop: gr.Button
    memory: gr.BrowserState
    controls: Controls
    sidebar: Sidebar
    exports: Exports

    @property
    def outputs(self) -> list[Component]:
        return [
            self.chat, self.cleared, self.branches, self.prompt, self.layout, self.code, self.notes, self.progress,
            self.models, self.timer, self.load_again, self.reason, self.render, self.stop, self.memory,
            *self.controls.all, *self.sidebar.outputs,
        ]  # fmt: skip

    def updates(self, changes: Changes) -> dict[Any, Any]:
        """What gradio is to do for `changes`."""
        updates: dict[Any, Any] = {}
        for name in ("cleared", "layout", "code", "notes", "branches", "progress", "models", "memory", "reason"):
            if name in changes:
                updates[getattr(self, name)] = changes[name]
        if "settings" in changes:
            updates |= self.controls.showing(changes["settings"])
        if "listed" in changes:
            updates[self.sidebar.sessions] = changes["listed"]
        if "handed_out" in changes:
            updates[self.sidebar.handed_out] = gr.DownloadButton(value=str(changes["handed_out"]))
        if "seed" in changes:
            updates[self.controls.seed] = changes["seed"]
        if "loaded" in changes:
            updates[self.timer] = gr.Timer(active=not changes["loaded"])
        if "failed" in changes:
            updates[self.load_again] = gr.Button(visible=changes["failed"])
        chat: dict[str, Any] = {"value": changes["chat"]} if "chat" in changes else {}
        prompt: dict[str, Any] = {"value": changes["prompt"]} if "prompt" in changes else {}
        if "busy" in changes:
            busy = changes["busy"]
            chat["elem_classes"] = ["writing"] if busy == "chat" else []
            prompt |= {"submit_btn": "Send" if busy is None else False, "stop_btn": "Stop" if busy == "chat" else False}
            updates[self.stop] = gr.Button(visible=busy is not None)
        if "ready" in changes:
            updates[self.render] = gr.Button(elem_classes=[] if changes["ready"] else ["waiting"])
        if chat:
            updates[self.chat] = chat["value"] if list(chat) == ["value"] else gr.update(**chat)
        if prompt:
            updates[self.prompt] = gr.update(**prompt)
        if "warning" in changes:
            gr.Warning(changes["warning"])
        return updates or {self.progress: gr.skip()}
