"""A Llama with LoRA adapters whose backward pass covers only the tokens that are trained on.

Most tokens of an edited canvas repeat the previous one, and most of a canvas's syntax is soon learned. Such tokens go
through the layers without a gradient; the *active* ones (those that predict something worth training on, and the user's
request) have a gradient and attend to all tokens. Texts share their common beginning: an edit attends to the keys and
values of the previous round, which are computed once for all edits that start from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

Pair = tuple[torch.Tensor, torch.Tensor]


@dataclass(frozen=True)
class Passage:
    """One round, which follows other rounds.

    ids: its tokens. parent: index of the previous passage, -1 for the system message. active: the positions with a
    gradient, in order. targets: (position, weight) of the tokens to predict; each position before a target is active.
    soft: the positions of targets for which the teacher counts, see `Network.losses`.
    """

    ids: list[int]
    parent: int
    active: list[int]
    targets: list[tuple[int, float]]
    soft: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Teacher:
    """A model for distillation. prefix: the keys and values of the system message. share: the share of its divergence
    in the loss at the soft targets."""

    network: Network
    prefix: list[Pair]
    share: float


class _Adapted(torch.autograd.Function):
    """x @ merged.T, with merged = weight + scale * b @ a: in the forward pass the adapter costs nothing."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, merged: torch.Tensor, a: torch.Tensor, b: torch.Tensor, scale: float) -> Any:
        ctx.save_for_backward(x, merged, a, b)
        ctx.scale = scale
        return x @ merged.t()

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        x, merged, a, b = ctx.saved_tensors
        (grad,) = grads
        grad_a = ctx.scale * ((grad @ b).t() @ x)
        grad_b = ctx.scale * (grad.t() @ (x @ a.t()))
        return grad @ merged if ctx.needs_input_grad[0] else None, None, grad_a, grad_b, None


class _Linear:
    """A linear layer of the base, with its adapter if it has one."""

    def __init__(self, module: Any) -> None:
        adapted = hasattr(module, "lora_A")
        self.weight = (module.base_layer if adapted else module).weight.detach()
        self.merged = self.weight.clone() if adapted else self.weight
        self.a = module.lora_A["default"].weight if adapted else None
        self.b = module.lora_B["default"].weight if adapted else None
        self.scale = float(module.scaling["default"]) if adapted else 0.0

    @torch.no_grad()
    def merge(self) -> None:
        if self.a is not None:
            torch.addmm(self.weight, self.b, self.a, alpha=self.scale, out=self.merged)

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        if self.a is None or not torch.is_grad_enabled():
            return x @ self.merged.t()
        return _Adapted.apply(x, self.merged, self.a, self.b, self.scale)  # type: ignore[no-any-return]


class _Layer:
    def __init__(self, module: Any) -> None:
        self.norm, self.second_norm = module.input_layernorm, module.post_attention_layernorm
        attention, mlp = module.self_attn, module.mlp
        self.q, self.k, self.v, self.o = map(
            _Linear, (attention.q_proj, attention.k_proj, attention.v_proj, attention.o_proj)
        )
        self.gate, self.up, self.down = map(_Linear, (mlp.gate_proj, mlp.up_proj, mlp.down_proj))

    @property
    def linears(self) -> tuple[_Linear, ...]:
        return self.q, self.k, self.v, self.o, self.gate, self.up, self.down

    def after(self, x: torch.Tensor, attended: torch.Tensor) -> torch.Tensor:
        """The rest of the layer after the attention."""
        x = x + self.o(attended)
        y = _norm(x, self.second_norm)
        return x + self.down(functional.silu(self.gate(y)) * self.up(y))


@dataclass
class _Rows:
    """The positions of a passage's tokens among the active and the still ones, and its attention mask."""

    active: slice
    still: slice
    chain: tuple[int, ...]
    mask: torch.Tensor  # queries (active, then still) by keys (system message, then still and active of the chain)


class Network:
    """The forward pass with the weights of a peft model, which keeps its parameters."""

    def __init__(self, model: Any) -> None:
        inner = model.get_base_model()
        config = inner.config
        self.embedding = inner.model.embed_tokens.weight.detach()
        self.head = inner.lm_head.weight.detach()
        self.norm = inner.model.norm
        self.layers = [_Layer(module) for module in inner.model.layers]
        self.first = next(
            (index for index, layer in enumerate(self.layers) if any(linear.a is not None for linear in layer.linears)),
            len(self.layers),
        )
        self.heads = config.num_attention_heads
        self.groups = config.num_key_value_heads
        self.width = self.embedding.shape[1] // self.heads
        theta = float(config.rope_parameters["rope_theta"])
        self._rates = theta ** (-torch.arange(0, self.width, 2, device=self.embedding.device).float() / self.width)

    def merge(self) -> None:
        """Merge the current values of the adapters; call it after every step of the optimizer."""
        for layer in self.layers:
            for linear in layer.linears:
                linear.merge()

    @torch.no_grad()
    def read(self, ids: Sequence[int]) -> list[Pair]:
        """Keys and values of a text at the start of the context, [tokens, groups, width] each, one pair per layer."""
        found: list[Pair] = []
        self._run([Passage(list(ids), -1, [], [])], None, found)
        return found

    def losses(
        self,
        passages: Sequence[Passage],
        prefix: list[Pair],
        vocabulary: torch.Tensor | None = None,
        teacher: Teacher | None = None,
    ) -> Any:
        """Loss (nats) and weight of every target, two tensors [targets], in the order of the passages.

        vocabulary: sorted ids in the softmax in addition to the targets; all ids if None. teacher: see `Teacher`; the
        divergence is the Kullback-Leibler divergence of this model's probabilities from the teacher's.
        """
        rows, ids, weights, soft = [], [], [], []
        start = 0
        for passage in passages:
            row = {position: start + index for index, position in enumerate(passage.active)}
            rows += [row[position - 1] for position, _ in passage.targets]
            ids += [passage.ids[position] for position, _ in passage.targets]
            weights += [weight for _, weight in passage.targets]
            soft += [position in passage.soft for position, _ in passage.targets]
            start += len(passage.active)
        device = self.embedding.device
        wanted, chosen = torch.tensor(ids, device=device), torch.tensor(rows, device=device)
        head = self.head
        if vocabulary is not None:
            words = torch.unique(torch.cat([vocabulary, wanted]))
            head, wanted = head[words], torch.searchsorted(words, wanted)
        logits = self._normed(self._run(passages, prefix, None)[chosen]) @ head.t()
        loss = functional.cross_entropy(logits, wanted, reduction="none")
        if teacher is not None and any(soft):
            distilled = torch.tensor(soft, device=device)
            with torch.no_grad():
                hidden = teacher.network._run(passages, teacher.prefix, None)[chosen[distilled]]
                expected = (teacher.network._normed(hidden) @ head.t()).log_softmax(dim=-1)
            own = logits[distilled].log_softmax(dim=-1)
            divergence = functional.kl_div(own, expected, reduction="none", log_target=True).sum(dim=-1)
            share = torch.where(distilled, teacher.share, 0.0)
            loss = (1 - share) * loss + torch.zeros_like(loss).index_put((distilled,), teacher.share * divergence)
        return loss, torch.tensor(weights, device=device)

    def _normed(self, hidden: torch.Tensor) -> torch.Tensor:
        return _norm(hidden, self.norm)

    def _run(self, passages: Sequence[Passage], prefix: list[Pair] | None, keep: list[Pair] | None) -> torch.Tensor:
        """Hidden states of the active tokens after the last layer, before the final norm."""
        device = self.embedding.device
        order, positions, rows = _arrange(passages, len(prefix[0][0]) if prefix else 0, device)
        count = sum(len(passage.active) for passage in passages)
        cos, sin = self._rotary(positions)
        with torch.no_grad():
            x = self.embedding[order]
            for index in range(self.first):
                layer = self.layers[index]
                x = layer.after(x, self._attend(layer, x, None, cos, sin, rows, prefix and prefix[index], keep)[0])
        active, still = x[:count], x[count:]
        for index in range(self.first, len(self.layers)):
            layer = self.layers[index]
            seen, seen_still = self._attend(layer, active, still, cos, sin, rows, prefix and prefix[index], keep)
            if count:
                active = layer.after(active, seen)
            if index + 1 < len(self.layers):
                with torch.no_grad():
                    still = layer.after(still, seen_still)
        return active

    def _attend(
        self,
        layer: _Layer,
        active: torch.Tensor,
        still: torch.Tensor | None,
        cos: torch.Tensor,
        sin: torch.Tensor,
        rows: Sequence[_Rows],
        prefix: Pair | None,
        keep: list[Pair] | None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The attention output of a layer for the active and for the still tokens.

        Below the first adapted layer ``still`` is None, and ``active`` holds the tokens of both kinds.
        """
        count = len(active) if still is not None else rows[-1].active.stop
        if still is None:
            q, k, v = self._project(layer, active, cos, sin)
            qa, ka, va, qs, ks, vs = q[:count], k[:count], v[:count], q[count:], k[count:], v[count:]
        else:
            qa, ka, va = self._project(layer, active, cos[:count], sin[:count])
            with torch.no_grad():
                qs, ks, vs = self._project(layer, still, cos[count:], sin[count:])
        if keep is not None:
            keep.append((ks, vs))
        outputs, outputs_still = [], []
        for row in rows:
            parts = [] if prefix is None else [prefix]
            for index in row.chain:
                parts.append((ks[rows[index].still], vs[rows[index].still]))
                parts.append((ka[rows[index].active], va[rows[index].active]))
            keys, values = (torch.cat([part[place] for part in parts]) for place in (0, 1))
            own = row.active.stop - row.active.start
            if own:
                outputs.append(self._weigh(qa[row.active], keys, values, row.mask[:own]))
            with torch.no_grad():
                outputs_still.append(self._weigh(qs[row.still], keys.detach(), values.detach(), row.mask[own:]))
        seen = torch.cat(outputs) if outputs else qa.reshape(0, self.heads * self.width)
        seen_still = torch.cat(outputs_still)
        if still is None:
            return torch.cat([seen, seen_still]), seen_still
        return seen, seen_still

    def _project(self, layer: _Layer, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> Any:
        x = _norm(x, layer.norm)
        q, k, v = layer.q(x), layer.k(x), layer.v(x)
        q, k, v = (part.view(len(x), part.shape[1] // self.width, self.width) for part in (q, k, v))
        return _rotate(q, cos, sin), _rotate(k, cos, sin), v

    def _weigh(self, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        many = self.heads // self.groups
        k, v = (part.transpose(0, 1).repeat_interleave(many, dim=0)[None] for part in (k, v))
        out = functional.scaled_dot_product_attention(q.transpose(0, 1)[None], k, v, attn_mask=mask)
        return out[0].transpose(0, 1).reshape(len(q), self.heads * self.width)

    def _rotary(self, positions: torch.Tensor) -> Pair:
        angles = positions[:, None].float() * self._rates
        angles = torch.cat([angles, angles], dim=1)[:, None]
        return angles.cos(), angles.sin()


def _arrange(
    passages: Sequence[Passage], offset: int, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor, list[_Rows]]:
    """Ids and positions of all tokens, the active ones of all passages first, and the rows of each passage."""
    starts: list[int] = []
    chains: list[tuple[int, ...]] = []
    ids: list[list[int]] = [[], []]
    places: list[list[int]] = [[], []]
    own: list[list[list[int]]] = []
    spans: list[tuple[slice, slice]] = []
    for index, passage in enumerate(passages):
        parent = passage.parent
        assert parent < index
        starts.append(offset if parent < 0 else starts[parent] + len(passages[parent].ids))
        chains.append((*(chains[parent] if parent >= 0 else ()), index))
        active = set(passage.active)
        parts = [passage.active, [at for at in range(len(passage.ids)) if at not in active]]
        begins = [len(ids[0]), len(ids[1])]
        for kind in (0, 1):
            ids[kind] += [passage.ids[at] for at in parts[kind]]
            places[kind] += [starts[index] + at for at in parts[kind]]
        own.append([[starts[index] + at for at in part] for part in parts])
        spans.append((slice(begins[0], len(ids[0])), slice(begins[1], len(ids[1]))))
    rows = []
    for index, (active_span, still_span) in enumerate(spans):
        queries = torch.tensor(own[index][0] + own[index][1], device=device)
        keys = list(range(offset))
        for other in chains[index]:
            keys += own[other][1] + own[other][0]
        hidden = torch.tensor(keys, device=device)[None] > queries[:, None]
        mask = torch.zeros(hidden.shape, device=device).masked_fill_(hidden, -torch.inf)
        rows.append(_Rows(active_span, still_span, chains[index], mask))
    order = torch.tensor(ids[0] + ids[1], device=device)
    return order, torch.tensor(places[0] + places[1], device=device), rows


def _norm(x: torch.Tensor, module: Any) -> torch.Tensor:
    return functional.rms_norm(x, x.shape[-1:], module.weight, module.variance_epsilon)


def _rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Rotary position embedding, https://arxiv.org/abs/2104.09864, in the two-halves layout of Llama."""
    half = x.shape[-1] // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], dim=-1) * sin
