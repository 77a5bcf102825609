"""The key/value cache of a conversation, which survives from one round to the next."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers.cache_utils import Cache, DynamicLayer


class GrowingLayer(DynamicLayer):  # type: ignore[no-untyped-call]
    """A cache layer that writes into spare room instead of copying everything for every token.

    keys and values are views [batch, heads, length, head_dim] of the room; the room grows by half when it is full.
    """

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        self.dtype, self.device = key_states.dtype, key_states.device
        self.keys = self._key_room = key_states[..., :0, :]
        self.values = self._value_room = value_states[..., :0, :]
        self.is_initialized = True

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: object, **kwargs: object
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Appends [batch, heads, new, head_dim] and returns everything so far."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        start = self.get_seq_length()
        end = start + key_states.shape[-2]
        self._key_room = _room(self._key_room, key_states, start, end)
        self._value_room = _room(self._value_room, value_states, start, end)
        self._key_room[..., start:end, :] = key_states
        self._value_room[..., start:end, :] = value_states
        self.keys = self._key_room[..., :end, :]
        self.values = self._value_room[..., :end, :]
        return self.keys, self.values


def _room(room: torch.Tensor, states: torch.Tensor, used: int, needed: int) -> torch.Tensor:
    if needed <= room.shape[-2]:
        return room
    batch, heads, _, head_dim = states.shape
    grown = states.new_empty(batch, heads, max(256, needed * 3 // 2), head_dim)
    grown[..., :used, :] = room[..., :used, :]
    return grown


class PrefixCache:
    """Keys and values together with the ids that they stand for.

    ids: the tokens whose keys and values `states` holds, from the beginning of the prompt. The cache is bounded by
    the model's window, since nothing longer is ever fed.
    """

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.states = Cache(layer_class_to_replicate=GrowingLayer)

    def __len__(self) -> int:
        return len(self.ids)

    def reuse(self, prompt: Sequence[int]) -> int:
        """Keeps the longest common beginning with prompt, less its last token, whose logits are needed; says how long
        it is. Right after undo, edit and retry, because nothing but equal tokens counts."""
        common = 0
        for old, new in zip(self.ids, prompt[:-1], strict=False):
            if old != new:
                break
            common += 1
        self.crop(common)
        return common

    def crop(self, length: int) -> None:
        """Forgets all but the first `length` tokens."""
        if length == 0:
            self.forget()
        elif length < len(self.ids):
            self.states.crop(length - len(self.ids))
            del self.ids[length:]

    def forget(self) -> None:
        """Gives the memory back."""
        self.ids = []
        self.states = Cache(layer_class_to_replicate=GrowingLayer)
