"""A composer for tests that speaks what it is told to, through the same `Generation` as every real one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from lib_omost.llm.base import Finish, Generation, Message, Sampling

REPLY = """```python
# Initialize the canvas
canvas = Canvas()

# Set a global description for the canvas
canvas.set_global_description(
    description='A quiet harbour at dusk.',
    detailed_descriptions=['The water lies still.', 'Lanterns burn along the quay.'],
    tags='harbour, dusk, lanterns',
    HTML_web_color_name='midnightblue',
)

# Add a red boat.
canvas.add_local_description(
    location='on the left',
    offset='slightly to the lower',
    area='a small horizontal area',
    distance_to_viewer=3.0,
    description='A red boat.',
    detailed_descriptions=['Its paint is peeling.'],
    tags='boat, red',
    atmosphere='Calm.',
    style='Painterly.',
    quality_meta='Detailed.',
    HTML_web_color_name='firebrick',
)

# Add a lighthouse.
canvas.add_local_description(
    location='on the right',
    offset='no offset',
    area='a medium-sized vertical area',
    distance_to_viewer=9.0,
    description='A white lighthouse.',
    detailed_descriptions=['Its lamp is lit.'],
    tags='lighthouse',
    atmosphere='Still.',
    style='Painterly.',
    quality_meta='Detailed.',
    HTML_web_color_name='snow',
)
```"""


class ScriptedComposer:
    """Answers with `reply`, `size` characters a piece; `before_piece` runs before each and may wait or raise."""

    name = "scripted"
    context_length = 8192

    def __init__(
        self, reply: str = REPLY, *, size: int = 16, before_piece: Callable[[int], object] | None = None
    ) -> None:
        self.reply = reply
        self.size = size
        self.before_piece = before_piece
        self.asked: list[tuple[Message, ...]] = []

    def to(self, device: str) -> ScriptedComposer:
        return self

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return sum(len(message.text) for message in messages) // 4

    def prepare(self, messages: Sequence[Message], stop: threading.Event) -> None:
        pass

    def stream(
        self, messages: Sequence[Message], sampling: Sampling, *, grammar: bool, stop: threading.Event
    ) -> Generation:
        self.asked.append(tuple(messages))

        def work(emit: Callable[[str, int], None], stopped: Callable[[], bool]) -> Finish:
            for number, start in enumerate(range(0, len(self.reply), self.size)):
                if stopped():
                    return "stopped"
                if number >= sampling.max_new_tokens:
                    return "length"
                if self.before_piece is not None:
                    self.before_piece(number)
                emit(self.reply[start : start + self.size], number + 1)
            return "end"

        count, limit = self.count_tokens(messages), sampling.max_new_tokens
        return Generation(work, stop=stop, prompt_tokens=count, limit=limit, name="scripted composer")
