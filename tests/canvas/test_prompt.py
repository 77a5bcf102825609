from __future__ import annotations

from hashlib import sha256

from lib_omost.canvas.prompt import system_prompt


def test_system_prompt_is_the_one_that_the_models_were_trained_with() -> None:
    prompt = system_prompt()
    assert len(prompt) == 1269
    assert sha256(prompt.encode()).hexdigest() == "b698e3e5039330be6a3173957191048d89e2aefd09c52fccc6e21d764f03736a"
