"""The key/value cache of a conversation, which is kept from one round to the next."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers.cache_utils import Cache, DynamicLayer


class GrowingLayer(DynamicLayer):  # type: ignore[no-untyped-call]
    """A cache layer that appends to preallocated tensors instead of copying everything for every token.

    keys and values are views [batch, heads, length, head_dim] of the preallocated tensors, which grow by half when
    full.
    """

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        self.dtype, self.device = key_states.dtype, key_states.device
        self.keys = self._key_room = key_states[..., :0, :]
        self.values = self._value_room = value_states[..., :0, :]
        self.is_initialized = True

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: object, **kwargs: object
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Append [batch, heads, new, head_dim] and return everything so far."""
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
    """Keys and values with the ids that they belong to.

    ids: the tokens whose keys and values are in `states`, from the beginning of the prompt. The model's window bounds
    the size of the cache, because nothing longer is ever fed.
    """

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.states = Cache(layer_class_to_replicate=GrowingLayer)

    def __len__(self) -> int:
        return len(self.ids)

    def reuse(self, prompt: Sequence[int]) -> int:
        """Crop the cache to its longest common prefix with prompt, without the prompt's last token, whose logits are
        needed; returns its length. Correct after undo, edit and retry, because only equal tokens count."""
        common = 0
        for old, new in zip(self.ids, prompt[:-1], strict=False):
            if old != new:
                break
            common += 1
        self.crop(common)
        return common

    def crop(self, length: int) -> None:
        """Drop all but the first `length` tokens."""
        if length == 0:
            self.forget()
        elif length < len(self.ids):
            self.states.crop(length - len(self.ids))
            del self.ids[length:]

    def forget(self) -> None:
        """Empty the cache and free its memory."""
        self.ids = []
        self.states = Cache(layer_class_to_replicate=GrowingLayer)
