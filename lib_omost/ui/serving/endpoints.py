"""The methods of `Api` as gradio's endpoints, which read their types and descriptions."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from typing import Any

import gradio as gr

from ..state.users import user_of
from .api import Api

SAMPLING_HELP = """
    seed: Seed of the random numbers; the same request with the same seed gives the same reply.
    temperature: Sampling temperature, up to 2; 0 always takes the most likely token.
    top_p: Sample from the most likely tokens up to this share of probability, above 0, up to 1.
    max_new_tokens: Maximum length of the reply in tokens."""
"""The descriptions of the sampling parameters, which follow an endpoint's others; gradio reads them."""


def add_endpoints(api: Api, *, workers: int) -> None:
    """Add the endpoints to the page being built."""
    for name, streams in (("compose", True), ("edit", True), ("render", True), ("repaint", True), ("check", False)):
        endpoint = _endpoint(getattr(api, name))
        limit = {"concurrency_limit": workers, "concurrency_id": "work"} if streams else {"concurrency_limit": None}
        gr.api(endpoint, api_name=name, **limit)  # type: ignore[attr-defined]


def _endpoint(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method as a function with a typed signature, from which gradio reads the API. Its parameter `user` is removed:
    the value comes from the request, which gradio passes last."""
    hints = typing.get_type_hints(method)
    parameters = dict(inspect.signature(method).parameters)
    has_user = parameters.pop("user", None) is not None

    def call(*values: Any) -> Any:
        *arguments, request = values
        return method(*arguments, **({"user": user_of(request)} if has_user else {}))

    if inspect.isgeneratorfunction(method):

        def endpoint(*values: Any) -> Any:
            yield from call(*values)
    else:

        def endpoint(*values: Any) -> Any:
            return call(*values)

    request = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=gr.Request)
    typed = [item.replace(annotation=hints[item.name]) for item in parameters.values()]
    returned = dict[str, Any]
    endpoint.__signature__ = inspect.Signature([*typed, request], return_annotation=returned)  # type: ignore[attr-defined]
    endpoint.__annotations__ = {item.name: item.annotation for item in (*typed, request)} | {"return": returned}
    endpoint.__name__ = method.__name__
    endpoint.__doc__ = inspect.cleandoc(method.__doc__ or "") + (SAMPLING_HELP if "temperature" in parameters else "")
    return endpoint
