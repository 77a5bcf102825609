"""A Llama for CPUs with a layout that makes decoding single tokens fast.

Decoding a token on a CPU reads every weight once and starts a few hundred small operations. This layout reduces both:
weights are in half precision if the processor's library can multiply them (sums stay in single precision), matrices
with the same input are concatenated, rotary embeddings are one complex product, and query heads that share a key head
are rows of one attention. The result equals that of the original model except for rounding.

On a processor whose library cannot multiply halves (64-bit Arm has no fbgemm) the same rounded weights are in single
precision: the same numbers up to the order of summation, with twice the memory traffic.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import torch
from torch.nn import functional
from transformers import LlamaForCausalLM
from transformers.cache_utils import Cache

from ...llm.lookup import PassCost

Multiply = Callable[[torch.Tensor], torch.Tensor]
"""[rows, in] to [rows, out]."""

DRAFT_COST = PassCost(0.03, 0.1)
"""The additional cost of verifying drafted tokens in a pass of a CompactLlama."""

HALF_ERROR = 2**-11
"""Relative rounding error of half precision; weights with a larger error are outside its range."""


class CompactLlama:
    """A Llama in float32 on the CPU for batches of one, called like the transformers model with `past_key_values`.

    Its cache is not interchangeable with that of the original model, because the elements of each head are in another
    order (see `_paired`). config: that of the original model. Made by `compact`.
    """

    def __init__(self, model: LlamaForCausalLM) -> None:
        config: Any = model.config
        self.config = config
        self.generation_config = model.generation_config
        self.device = torch.device("cpu")
        self.dtype = torch.float32
        self._embedding = model.model.embed_tokens.weight.detach()
        self._layers = [_Layer(layer, config) for layer in model.model.layers]
        self._norm = model.model.norm.weight.detach()
        self._head = _multiply(model.lm_head.weight)
        self._epsilon = float(config.rms_norm_eps)
        head_dim = _head_dim(config)
        exponents = torch.arange(0, head_dim, 2, dtype=torch.float64) / head_dim
        self._frequencies = config.rope_parameters["rope_theta"] ** -exponents
        self._rotations = self._rotary(1024)

    def __call__(
        self, input_ids: torch.Tensor, past_key_values: Cache | None = None, logits_to_keep: int = 0, **_: object
    ) -> SimpleNamespace:
        """`.logits` [1, rows, vocabulary] of input_ids [1, tokens], which continue the cache and are added to it.
        logits_to_keep: the number of last rows to return, 0 for all."""
        start = 0 if past_key_values is None else past_key_values.get_seq_length()
        end = start + input_ids.shape[1]
        if end > len(self._rotations):
            self._rotations = self._rotary(2 * end)
        rotations = self._rotations[start:end, None]
        mask = _causal(start, end, self._layers[0].group) if end - start > 1 else None
        states = self._embedding[input_ids[0]]
        for place, layer in enumerate(self._layers):
            states = layer(states, rotations, mask, past_key_values, place)
        states = functional.rms_norm(states[-logits_to_keep:], self._norm.shape, self._norm, self._epsilon)
        return SimpleNamespace(logits=self._head(states)[None])

    def to(self, device: str) -> CompactLlama:
        """Returns the model itself, which runs only on the CPU."""
        assert torch.device(device).type == "cpu"
        return self

    def _rotary(self, length: int) -> torch.Tensor:
        """The rotary embeddings as unit complex numbers [length, head_dim / 2]: https://arxiv.org/abs/2104.09864."""
        angles = torch.arange(length, dtype=torch.float64)[:, None] * self._frequencies
        return torch.polar(torch.ones_like(angles), angles).to(torch.complex64)


class _Layer:
    """One block: attention and MLP, each after its norm and with a residual connection."""

    def __init__(self, layer: Any, config: Any) -> None:
        attention, mlp = layer.self_attn, layer.mlp
        self._heads, self._key_heads = config.num_attention_heads, config.num_key_value_heads
        self._head_dim = _head_dim(config)
        self.group = self._heads // self._key_heads
        self._epsilon = float(config.rms_norm_eps)
        self._before = layer.input_layernorm.weight.detach()
        self._between = layer.post_attention_layernorm.weight.detach()
        rotated = (_paired(weight, self._head_dim) for weight in (attention.q_proj.weight, attention.k_proj.weight))
        self._qkv = _multiply(torch.cat([*rotated, attention.v_proj.weight]))
        self._out = _multiply(attention.o_proj.weight)
        self._gate_up = _multiply(torch.cat([mlp.gate_proj.weight, mlp.up_proj.weight]))
        self._down = _multiply(mlp.down_proj.weight)

    def __call__(
        self, states: torch.Tensor, rotations: torch.Tensor, mask: torch.Tensor | None, cache: Cache | None, place: int
    ) -> torch.Tensor:
        rows = len(states)
        mixed = self._qkv(functional.rms_norm(states, self._before.shape, self._before, self._epsilon))
        mixed = mixed.view(rows, -1, self._head_dim)
        pairs = torch.view_as_complex(mixed[:, : -self._key_heads].reshape(rows, -1, self._head_dim // 2, 2))
        rotated = torch.view_as_real(pairs * rotations).flatten(2)
        keys, values = (
            rotated[:, self._heads :].transpose(0, 1)[None],
            mixed[:, -self._key_heads :].transpose(0, 1)[None],
        )
        if cache is not None:
            keys, values = cache.update(keys, values, place)
        # [1, key_heads, group * rows, head_dim]: the query heads of a group share a key head, so they are further rows.
        query = rotated[:, : self._heads].transpose(0, 1).reshape(1, self._key_heads, self.group * rows, self._head_dim)
        attended = functional.scaled_dot_product_attention(query, keys, values, attn_mask=mask)
        attended = attended.view(self._heads, rows, self._head_dim).transpose(0, 1).reshape(rows, -1)
        states = states + self._out(attended)
        wide = self._gate_up(functional.rms_norm(states, self._between.shape, self._between, self._epsilon))
        gate, up = wide.chunk(2, dim=-1)
        return states + self._down(functional.silu(gate) * up)


def compact(model: Any) -> Any:
    """`model` as a CompactLlama if it is a standard Llama in float32 on the CPU, otherwise `model` itself."""
    config = model.config
    plain = (
        type(model) is LlamaForCausalLM
        and model.device.type == "cpu"
        and model.dtype == torch.float32
        and config.hidden_act == "silu"
        and config.rope_parameters.get("rope_type") == "default"
        and not any(name.endswith(".bias") for name, _ in model.named_parameters())
    )
    return CompactLlama(model) if plain else model


def multiplies_halves() -> bool:
    """Whether the library for this processor can multiply float32 rows by packed half-precision weights."""
    return "fbgemm" in torch.backends.quantized.supported_engines


def _head_dim(config: Any) -> int:
    return int(getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads)


def _paired(weight: torch.Tensor, head_dim: int) -> torch.Tensor:
    """A projection [heads * head_dim, in] with the two halves of every head interleaved, so that the two elements that
    are rotated together are adjacent. Applied to queries and keys alike, it does not change their products."""
    halves = weight.view(-1, 2, head_dim // 2, weight.shape[1])
    return halves.transpose(1, 2).reshape(weight.shape)


def _causal(start: int, end: int, group: int) -> torch.Tensor:
    """The causal mask, [group * rows, end], to be added to the scores: 0 up to the row's position, -inf after it."""
    mask = torch.full((end - start, end), -torch.inf).triu_(start + 1)
    return mask.repeat(group, 1)


def _multiply(weight: torch.Tensor) -> Multiply:
    """x @ weight.T, with the weight [out, in] rounded to half precision unless it is outside the range of that."""
    weight = weight.detach()
    half = weight.half().float()
    exact = (half - weight).norm() < HALF_ERROR * weight.norm()
    if not exact or not multiplies_halves():
        full = (half if exact else weight).contiguous()
        return lambda rows: functional.linear(rows, full)
    packed = torch.ops.quantized.linear_prepack_fp16(weight.contiguous(), None)
    multiplied: Callable[[torch.Tensor, Any], torch.Tensor] = torch.ops.quantized.linear_dynamic_fp16.default
    return lambda rows: multiplied(rows, packed)
