"""What crosses between host and device when models take turns, counted in bytes, with real tiny models."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from lib_omost.render.sdxl.painter import SDXLPainter
from lib_omost.runtime.plan import PLANS, SMALLEST, Plan
from lib_omost.runtime.residence import MARGIN, Residence
from tests.llm import tiny as tiny_llm
from tests.render import tiny
from tests.render.sdxl.test_painter import SMALL, pictures, same

PLENTY = 64 * 2**30


def size(*modules: nn.Module) -> int:
    tensors = [tensor for module in modules for tensor in (*module.parameters(), *module.buffers())]
    return sum({tensor.data_ptr(): tensor.nbytes for tensor in tensors}.values())


class Card(Residence):
    """A device whose memory is a part of main memory: it computes, and what is on it is known by its addresses."""

    def __init__(self, *modules: nn.Module, spare: int = PLENTY) -> None:
        super().__init__(*modules, spare=lambda: spare)
        self.held: dict[int, Tensor] = {}

    def where(self, tensor: Tensor) -> str:
        return "card" if tensor.data_ptr() in self.held else "cpu"

    def send(self, tensor: Tensor, device: Any) -> Tensor:
        sent = tensor.clone()
        self.held[sent.data_ptr()] = sent
        return sent

    def fetch(self, tensor: Tensor, host: object) -> Tensor:
        return tensor.clone()

    def swap(self) -> None:
        self.to("meta")  # any device but the CPU
        self.to("cpu")


@pytest.mark.parametrize("plan", [*PLANS, SMALLEST], ids=lambda plan: f"{plan.memory} GB")
def test_a_painter_that_comes_and_goes_crosses_once_a_turn(plan: Plan) -> None:
    painter = SDXLPainter(tiny.pipeline(), "tiny", plan=plan)
    first = pictures(painter, SMALL)[0].image
    pipeline = painter.pipeline
    inside = [pipeline.unet, pipeline.vae]
    inside += [] if plan.encoders_out else [pipeline.text_encoder, pipeline.text_encoder_2]
    weights = size(*inside)
    for turn in range(1, 11):
        painter.to("meta")  # what is there is lost, so only the copy that is kept can bring it back
        assert {network.device.type for network in inside} == {"meta"}
        assert painter._weights.copied == turn * weights
        painter.to("cpu")
        assert painter._weights.copied == turn * weights, "the way back copies nothing"
    assert same(pictures(painter, SMALL)[0].image, first)


def test_what_the_host_has_no_room_for_is_copied_both_ways() -> None:
    model = tiny_llm.llama()
    weights = size(model)
    for spare, kept, crossed in ((MARGIN, weights, 1), (MARGIN - 1, 0, 2)):
        card = Card(model, spare=spare)
        for turn in range(1, 4):
            card.to("meta")
            assert card.kept == kept
            card.to("cpu")
            assert card.copied == turn * crossed * weights


def test_a_reply_after_ten_turns_is_the_same() -> None:
    model = tiny_llm.llama()
    ids = torch.arange(20)[None]
    with torch.no_grad():
        before = model(ids).logits
        card = Card(model)
        for _ in range(10):
            card.swap()
        card.to("meta")
        assert all(card.where(tensor) == "card" for tensor in (*model.parameters(), *model.buffers()))
        assert torch.equal(model(ids).logits, before)
    assert card.copied == 11 * size(model)


def test_weights_in_8_bits_from_a_later_plan_are_not_replaced_by_what_was_kept() -> None:
    painter = SDXLPainter(tiny.pipeline(), "tiny")
    card = painter._weights._painting = Card(painter.pipeline.unet, painter.pipeline.vae)
    painter.to("meta")
    full = card.copied
    painter._weights.follow(PLANS[1])
    for tensor in (*painter.pipeline.unet.parameters(), *painter.pipeline.unet.buffers()):
        card.held[tensor.data_ptr()] = tensor  # cast on the card
    painter.to("cpu")
    assert any(weight.dtype == torch.float8_e4m3fn for weight in painter.pipeline.unet.parameters())
    assert card.copied > full


def test_weights_that_were_changed_on_the_device_are_copied_if_marked() -> None:
    layer = nn.Linear(2, 2)
    card = Card(layer)
    card.to("meta")
    with torch.no_grad():
        layer.weight.fill_(3.0)
    card.forget()
    card.to("cpu")
    assert layer.weight.tolist() == [[3.0, 3.0]] * 2


def test_tied_weights_cross_once_and_stay_tied() -> None:
    model = nn.ModuleList([nn.Embedding(8, 4), nn.Linear(4, 8, bias=False)])
    model[1].weight = model[0].weight
    card = Card(model)
    card.to("meta")
    assert card.copied == 8 * 4 * 4
    assert model[0].weight.data_ptr() == model[1].weight.data_ptr()


def test_a_move_that_failed_half_way_can_be_taken_back() -> None:
    model = nn.Sequential(*(nn.Linear(4, 4) for _ in range(4)))
    before = [weight.clone() for weight in model.parameters()]

    class Full(Card):
        def send(self, tensor: Tensor, device: Any) -> Tensor:
            if len(self.held) == 5:
                raise torch.OutOfMemoryError("CUDA out of memory.")
            return super().send(tensor, device)

    card = Full(model)
    with pytest.raises(torch.OutOfMemoryError):
        card.to("meta")
    card.to("cpu")
    assert all(card.where(weight) == "cpu" for weight in model.parameters())
    assert all(torch.equal(*pair) for pair in zip(model.parameters(), before, strict=True))


@pytest.mark.parametrize("bits", [4, 8])
def test_quantised_layers_move_with_all_that_they_compute_with(bits: int) -> None:
    bnb = pytest.importorskip("bitsandbytes")
    torch.manual_seed(0)
    values = torch.randn(64, 64)
    if bits == 4:
        layer = bnb.nn.Linear4bit(64, 64, bias=False, quant_type="nf4", compress_statistics=True)
        layer.weight = bnb.nn.Params4bit(values, requires_grad=False, quant_type="nf4", compress_statistics=True)
    else:
        layer = bnb.nn.Linear8bitLt(64, 64, bias=False, has_fp16_weights=False)
        layer.weight = bnb.nn.Int8Params(values.half(), requires_grad=False, has_fp16_weights=False)
    layer.to("cpu")  # which quantises
    rows = torch.randn(2, 64).half()
    before = layer(rows)
    card = Card(nn.ModuleList([layer]))
    for _ in range(10):
        card.swap()
    card.to("meta")
    if bits == 4:
        state = layer.weight.quant_state
        tensors = [layer.weight, state.absmax, state.code, state.offset, state.state2.absmax, state.state2.code]
    else:
        assert layer.state.CB.data_ptr() == layer.weight.data_ptr(), "no second copy"
        tensors = [layer.weight, layer.state.SCB]
    assert {card.where(tensor) for tensor in tensors} == {"card"}
    assert card.copied == 11 * sum(tensor.nbytes for tensor in tensors), "the packed weights and their scales, once"
    assert torch.equal(layer(rows), before)


def test_what_only_its_library_can_move_is_left_to_it() -> None:
    class Foreign(nn.Module):
        moves: list[str] = []  # noqa: RUF012

        def parameters(self, recurse: bool = True) -> Any:
            class Packed(Tensor):
                pass

            return iter([torch.zeros(2).as_subclass(Packed)])

        def to(self, device: torch.device) -> Foreign:  # type: ignore[override]
            self.moves.append(device.type)
            return self

    foreign = Foreign()
    Residence(foreign).to("meta")
    assert foreign.moves == ["meta"]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.memory} GB")
def test_turns_on_a_card_leave_nothing_behind(plan: Plan) -> None:
    pipeline = tiny.pipeline()
    pipeline.to(torch.float16)
    painter = SDXLPainter(pipeline, "half", plan=plan).to("cuda")
    settings = SMALL
    first = pictures(painter, settings)[0].image
    painter.to("cpu")
    empty = torch.cuda.memory_allocated()
    crossed = painter._weights.copied
    for _ in range(10):
        painter.to("cuda")
        assert pipeline.unet.device.type == "cuda"
        assert painter._weights._painting.kept > 0
        painter.to("cpu")
        assert torch.cuda.memory_allocated() == empty
    assert all(weight.is_pinned() for weight in pipeline.unet.parameters() if weight.numel())
    assert painter._weights.copied > crossed
    painter.to("cuda")
    assert same(pictures(painter, settings)[0].image, first)
