"""The components of the chat: messages, branches, prompt and buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from ...state.conversation import Conversation
from ...state.gallery import Gallery
from ...state.page_state import Changes
from ..events import Updates
from ..view import View
from .chatbot import ChatView, escaped

STORAGE_KEY = "omost-studio-chat"
WELCOME = "## What should the picture show?\nA sentence is enough. Then ask for changes in your own words."
MAX_SHOWN = 60
"""Characters that a button shows of a prompt."""
MAX_PROMPT = 20_000
"""Maximum length of the prompt in characters."""


class BranchBar(View):
    """The messages of the chat that have other versions, see `branches.forks`. Its event `switched` says which version
    to show."""

    def __init__(self, value: Any = None, **options: Any) -> None:
        super().__init__([Path(__file__).with_name("branches.js")], value, **options)


@dataclass(frozen=True)
class ChatPanel:
    """The components of the chat.

    cleared: the chat that Undo restores in an empty one. memory: the browser's storage of the chat. later: the prompts
    that `run_later` sends again.
    """

    chatbot: ChatView
    branches: BranchBar
    prompt: gr.Textbox
    new_chat: gr.Button
    retry: gr.Button
    edit_last: gr.Button
    unknown: gr.Markdown
    hint: gr.Markdown
    run_later: gr.Button
    later: gr.State
    cleared: gr.State
    memory: gr.BrowserState

    @property
    def outputs(self) -> list[Component]:
        return [
            self.chatbot,
            self.branches,
            self.prompt,
            self.unknown,
            self.hint,
            self.run_later,
            self.later,
            self.cleared,
            self.memory,
        ]

    def updates(self, changes: Changes) -> Updates:
        updates: Updates = {}
        for name in ("cleared", "branches", "memory"):
            if name in changes:
                updates[getattr(self, name)] = changes[name]
        if "unknown" in changes:
            updates[self.unknown] = gr.Markdown(escaped(changes["unknown"]), visible=bool(changes["unknown"]))
        if "models" in changes:
            updates[self.hint] = gr.Markdown(changes["models"]["hint"], visible=bool(changes["models"]["hint"]))
        if "later" in changes:
            later = changes["later"]
            title = f"Run the later prompt again: {later[0][:MAX_SHOWN]}" if len(later) == 1 else ""
            updates[self.later] = later
            updates[self.run_later] = gr.Button(
                title or f"Run the {len(later)} later prompts again", visible=bool(later)
            )
        chat: dict[str, Any] = {"value": changes["chat"]} if "chat" in changes else {}
        prompt: dict[str, Any] = {"value": changes["prompt"]} if "prompt" in changes else {}
        if "busy" in changes:
            busy = changes["busy"]
            chat["elem_classes"] = ["writing"] if busy == "chat" else []
            send = "Send" if busy is None else "Queue"
            prompt |= {
                "submit_btn": send,
                "stop_btn": "Stop" if busy == "chat" else False,
            }
        if chat:
            updates[self.chatbot] = chat["value"] if list(chat) == ["value"] else gr.update(**chat)
        if prompt:
            updates[self.prompt] = gr.update(**prompt)
        return updates


def make_chat(gallery: Gallery, examples: Sequence[str]) -> ChatPanel:
    """Create the components; to be called inside a layout. examples: prompts that an empty chat offers."""
    memory = gr.BrowserState([], storage_key=STORAGE_KEY, secret=STORAGE_KEY)
    cleared = gr.State(Conversation())
    chatbot = ChatView(
        gallery,
        elem_id="chat",
        label="Chat",
        show_label=False,
        height="calc(100vh - 14rem)",
        min_height=380,
        editable="all",
        buttons=["copy", "copy_all"],
        latex_delimiters=[],
        allow_tags=False,
        group_consecutive_messages=False,
        feedback_options=None,
        placeholder=WELCOME,
        examples=[{"text": example} for example in examples],
    )
    branches = BranchBar(None, elem_id="branches")
    run_later = gr.Button("", size="sm", visible=False, elem_id="run-later")
    unknown = gr.Markdown("", visible=False, elem_id="unknown")
    prompt = gr.Textbox(
        label="Prompt",
        show_label=False,
        placeholder="Describe a picture or a change…",
        lines=1,
        max_lines=6,
        max_length=MAX_PROMPT,
        submit_btn="Send",
        stop_btn=False,
        autofocus=True,
        elem_id="prompt",
    )
    hint = gr.Markdown("", visible=False, elem_id="hint")
    with gr.Row():
        buttons = {
            name: gr.Button(title, size="sm", min_width=70, elem_id=name.replace("_", "-"))
            for name, title in (
                ("new_chat", "New chat"), ("retry", "Retry"), ("edit_last", "Edit last"),
            )
        }  # fmt: skip
    return ChatPanel(
        chatbot,
        branches,
        prompt,
        unknown=unknown,
        hint=hint,
        run_later=run_later,
        later=gr.State(()),
        cleared=cleared,
        memory=memory,
        **buttons,
    )
