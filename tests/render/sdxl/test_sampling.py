from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from diffusers import EulerDiscreteScheduler

from lib_omost.render.sdxl.sampling import SAMPLERS, noise_scale, solver, tail
from lib_omost.render.settings import Sampler

SDXL = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


def karras(low: float, high: float, steps: int) -> list[float]:
    """Karras et al. 2022, equation 5, rho 7, and a last zero."""
    ramp = [high ** (1 / 7) + i / (steps - 1) * (low ** (1 / 7) - high ** (1 / 7)) for i in range(steps)]
    return [value**7 for value in ramp] + [0.0]


def guess(x: torch.Tensor, sigma: float) -> torch.Tensor:
    """A smooth stand-in for a network's clean picture, on the scale where x = clean + sigma * noise."""
    return torch.tanh(x / math.sqrt(1 + sigma**2)) * (1 + 0.1 * math.log1p(sigma))


def plain_2m(x: torch.Tensor, sigmas: list[float]) -> torch.Tensor:
    """DPM-Solver++(2M) as in the paper's algorithm 2, in double precision, without any table."""
    old: torch.Tensor | None = None
    for i in range(len(sigmas) - 1):
        clean = guess(x, sigmas[i])
        if sigmas[i + 1] == 0:
            x = clean
            break
        now, following = -math.log(sigmas[i]), -math.log(sigmas[i + 1])
        step = following - now
        direction = clean
        if old is not None:
            ratio = (now + math.log(sigmas[i - 1])) / step
            direction = (1 + 1 / (2 * ratio)) * clean - old / (2 * ratio)
        x = sigmas[i + 1] / sigmas[i] * x - math.expm1(-step) * direction
        old = clean
    return x


def levels() -> tuple[float, float]:
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
    kept = torch.cumprod(1 - betas, 0)
    sigmas = ((1 - kept) / kept).sqrt()
    return float(sigmas[0]), float(sigmas[-1])


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction"])
@pytest.mark.parametrize(("steps", "run"), [(10, 10), (25, 25), (50, 50), (50, 20), (28, 20)])
def test_the_solver_follows_a_plain_dpm_solver_pp_2m(prediction: str, steps: int, run: int) -> None:
    scheduler = solver(EulerDiscreteScheduler(**SDXL, prediction_type=prediction).config)
    scheduler.set_timesteps(steps)
    scheduler.set_begin_index(steps - run)
    sigmas = karras(*levels(), steps)[steps - run :]
    torch.manual_seed(0)
    noise = torch.randn(1, 4, 8, 8, dtype=torch.float64)
    start = noise * sigmas[0]
    x = start / math.sqrt(1 + sigmas[0] ** 2)
    for i, t in enumerate(scheduler.timesteps[steps - run :]):
        alpha = 1 / math.sqrt(1 + sigmas[i] ** 2)
        clean = guess(x / alpha, sigmas[i])
        epsilon = (x - alpha * clean) / (alpha * sigmas[i])
        output = epsilon if prediction == "epsilon" else alpha * epsilon - alpha * sigmas[i] * clean
        x = scheduler.step(output, t, x).prev_sample
    torch.testing.assert_close(x, plain_2m(start, sigmas), atol=2e-5, rtol=0)


def test_noise_is_scaled_to_the_highest_level() -> None:
    high = levels()[1]
    assert high == pytest.approx(14.6146, abs=1e-4)
    assert noise_scale(solver(EulerDiscreteScheduler(**SDXL).config)) == pytest.approx(high / math.sqrt(1 + high**2))


def test_what_the_checkpoint_was_trained_with_is_kept() -> None:
    theirs = EulerDiscreteScheduler(
        beta_start=0.001, beta_end=0.01, prediction_type="v_prediction", rescale_betas_zero_snr=True
    )
    ours = solver(theirs.config)
    assert ours.config.prediction_type == "v_prediction"
    assert ours.config.rescale_betas_zero_snr
    assert (ours.config.beta_start, ours.config.beta_end) == (0.001, 0.01)
    ours.set_timesteps(10)
    assert ours.sigmas[0] > 1000
    assert torch.isfinite(ours.sigmas).all()
    assert noise_scale(ours) == pytest.approx(1.0, abs=1e-6)


def zero_snr() -> torch.Tensor:
    """sqrt(alpha_bar) of the SDXL betas, shifted and scaled so that the last is zero: Lin et al. 2023, algorithm 1."""
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
    kept = torch.cumprod(1 - betas, 0).sqrt()
    return (kept - kept[-1]) * kept[0] / (kept[0] - kept[-1])


@pytest.mark.parametrize("steps", [4, 10, 25])
def test_down_to_pure_noise_the_solver_follows_the_plain_one_on_trailing_steps(steps: int) -> None:
    theirs = EulerDiscreteScheduler(**SDXL, prediction_type="v_prediction", rescale_betas_zero_snr=True)
    scheduler = solver(theirs.config)
    scheduler.set_timesteps(steps)
    expected = [round(1000 - number * 1000 / steps) - 1 for number in range(steps)]
    assert [int(t) for t in scheduler.timesteps] == expected, "from the very last on"
    kept = zero_snr()[expected]
    kept[0] = 2.0**-12  # as good as nothing, and yet finite
    sigmas = [*((1 - kept**2).sqrt() / kept).tolist(), 0.0]
    torch.manual_seed(0)
    start = torch.randn(1, 4, 8, 8, dtype=torch.float64) * sigmas[0]
    x = start / math.sqrt(1 + sigmas[0] ** 2)
    for i, t in enumerate(scheduler.timesteps):
        alpha = 1 / math.sqrt(1 + sigmas[i] ** 2)
        clean = guess(x / alpha, sigmas[i])
        epsilon = (x - alpha * clean) / (alpha * sigmas[i])
        x = scheduler.step(alpha * epsilon - alpha * sigmas[i] * clean, t, x).prev_sample
    torch.testing.assert_close(x, plain_2m(start, sigmas), atol=1e-3, rtol=0)


@pytest.mark.parametrize("steps", [1, 2, 7, 20, 33, 200])
@pytest.mark.parametrize("denoise", [0.1, 0.3, 0.4, 0.7, 0.9, 0.99, 1.0])
def test_a_tail_has_exactly_the_steps_asked_for(steps: int, denoise: float) -> None:
    length, strength = tail(steps, denoise)
    assert length in (int(steps / denoise), round(steps / denoise))
    assert 0 < strength <= 1
    assert min(int(length * strength), length) == steps


@pytest.mark.parametrize(("steps", "denoise", "length"), [(3, 1 - 0.7, 10), (12, 1 - 0.4, 20), (20, 0.3, 66)])
def test_a_share_that_rounding_moved_costs_no_step(steps: int, denoise: float, length: int) -> None:
    assert tail(steps, denoise)[0] == length


def result(scheduler: Any, seed: int = 1) -> torch.Tensor:
    """What eight steps make of a smooth stand-in for a network whose values leave the range of a picture."""
    scheduler.set_timesteps(8)
    x = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    x = x * noise_scale(scheduler) * scheduler.init_noise_sigma
    generator = torch.Generator().manual_seed(seed)
    for t in scheduler.timesteps:
        kept = scheduler.alphas_cumprod.double()[int(t)]
        alpha, sigma = kept.sqrt(), (1 - kept).sqrt()
        seen = scheduler.scale_model_input(x, t)
        clean = 3 * guess(seen / alpha, float(sigma / alpha))
        x = scheduler.step((seen - alpha * clean) / sigma, t, x, generator=generator).prev_sample
    return x


OTHER_SOLVERS: list[dict[str, object]] = [
    {"use_karras_sigmas": True},
    {"use_karras_sigmas": False},
    {"use_exponential_sigmas": True},
    {"use_beta_sigmas": True},
    {"use_lu_lambdas": True},
    {"use_flow_sigmas": True},
    {"timestep_spacing": "leading"},
    {"timestep_type": "continuous"},
    {"final_sigmas_type": "sigma_min"},
    {"algorithm_type": "sde-dpmsolver++"},
    {"solver_order": 3},
    {"solver_type": "heun"},
    {"lower_order_final": False},
    {"euler_at_final": True},
    {"thresholding": True},
    {"clip_sample": True},
    {"original_inference_steps": 100},
]


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_what_a_checkpoint_says_of_another_solver_is_not_taken(sampler: Sampler) -> None:
    expected = result(solver(SDXL, sampler))
    for options in OTHER_SOLVERS:
        found = result(solver({**SDXL, **options}, sampler))
        torch.testing.assert_close(found, expected, msg=lambda text, options=options: f"{options}: {text}")


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_fresh_noise_is_added_by_those_that_were_distilled_with_it(sampler: Sampler) -> None:
    same = torch.equal(result(solver(SDXL, sampler), 1), result(solver(SDXL, sampler), 2))
    assert same == (sampler not in ("lcm", "turbo"))


@pytest.mark.parametrize(("prediction", "zero"), [("epsilon", False), ("v_prediction", False), ("v_prediction", True)])
@pytest.mark.parametrize("steps", [1, 2, 4, 8])
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_sampler_ends_where_a_network_is_sure(sampler: Sampler, steps: int, prediction: str, zero: bool) -> None:
    theirs = EulerDiscreteScheduler(**SDXL, prediction_type=prediction, rescale_betas_zero_snr=zero)
    scheduler = solver(theirs.config, sampler)
    scheduler.set_timesteps(steps)
    kept = scheduler.alphas_cumprod.double()
    if zero:
        assert int(scheduler.timesteps[0]) == 999
        torch.testing.assert_close(kept[:-1], zero_snr()[:-1] ** 2, atol=1e-6, rtol=0)
    generator = torch.Generator().manual_seed(0)
    clean = torch.rand(1, 4, 8, 8, generator=generator, dtype=torch.float64)
    x = torch.randn(1, 4, 8, 8, generator=generator, dtype=torch.float64)
    x = x * noise_scale(scheduler) * scheduler.init_noise_sigma
    for t in scheduler.timesteps:
        seen = scheduler.scale_model_input(x, t)
        alpha, sigma = kept[int(t)].sqrt(), (1 - kept[int(t)]).sqrt()
        noise = (seen - alpha * clean) / sigma
        output = noise if prediction == "epsilon" else alpha * noise - sigma * clean
        x = scheduler.step(output, t, x).prev_sample
    # DDIM stops at the schedule's lowest noise, not at none.
    torch.testing.assert_close(x, clean, atol=0.2 if sampler == "hyper" else 1e-2, rtol=0)


@pytest.mark.parametrize(
    ("sampler", "expected"),
    [
        ("lcm", [999, 759, 499, 259]),
        ("lightning", [999, 749, 499, 249]),
        ("hyper", [999, 749, 499, 249]),
        ("turbo", [999, 749, 499, 249]),
    ],
)
def test_few_steps_are_those_that_the_checkpoints_were_distilled_to(sampler: Sampler, expected: list[int]) -> None:
    # As published: a checkpoint's own configuration says leading or linspace, and may say Karras.
    theirs = EulerDiscreteScheduler(**SDXL, timestep_spacing="leading", steps_offset=1, use_karras_sigmas=True)
    scheduler = solver(theirs.config, sampler)
    scheduler.set_timesteps(4)
    assert [round(float(t)) for t in scheduler.timesteps] == expected
