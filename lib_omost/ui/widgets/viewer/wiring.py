"""The event of the viewer: return to the picture that it shows."""

from __future__ import annotations

from ..events import Binding
from ..filmstrip.wiring import chosen_by
from .widget import ViewerPanel


def wire_viewer(binding: Binding, panel: ViewerPanel) -> None:
    panel.viewer.chosen(chosen_by(binding), binding.conversation_inputs, **binding.quick)
