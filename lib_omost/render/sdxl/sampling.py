"""The solvers: one for ordinary checkpoints, and one for each kind of checkpoint distilled to a few steps."""

from __future__ import annotations

from typing import Any

from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    LCMScheduler,
)

from lib_omost.render.settings import LCM_STEPS, Sampler

_PLAIN = {"use_karras_sigmas": False, "use_exponential_sigmas": False, "use_beta_sigmas": False}

# Lin et al. 2023, https://arxiv.org/abs/2305.08891: the last timestep is pure noise and must be part of the schedule.
# Karras spacing would spend two thirds of all steps on almost pure noise, since the largest sigma is 4096 then.
_ZERO_SNR = {"use_karras_sigmas": False, "timestep_spacing": "trailing"}

_KINDS: dict[Sampler, tuple[Any, dict[str, Any]]] = {
    # DPM-Solver++(2M): second order, midpoint, Karras et al. 2022 (eq. 5, rho 7) spacing down to zero.
    "dpm++": (
        DPMSolverMultistepScheduler,
        {
            **_PLAIN,
            "use_karras_sigmas": True,
            "algorithm_type": "dpmsolver++",
            "solver_order": 2,
            "solver_type": "midpoint",
            "final_sigmas_type": "zero",
            "use_lu_lambdas": False,
            "use_flow_sigmas": False,
            "lower_order_final": True,
            "euler_at_final": False,
            "thresholding": False,
        },
    ),
    # Latent consistency models, https://arxiv.org/abs/2310.04378
    "lcm": (LCMScheduler, {"original_inference_steps": LCM_STEPS, "clip_sample": False, "thresholding": False}),
    # SDXL-Lightning, https://arxiv.org/abs/2402.13929: Euler with trailing timesteps.
    "lightning": (
        EulerDiscreteScheduler,
        {**_PLAIN, "timestep_spacing": "trailing", "timestep_type": "discrete", "final_sigmas_type": "zero"},
    ),
    # Hyper-SD, https://arxiv.org/abs/2404.13686: DDIM with trailing timesteps.
    "hyper": (DDIMScheduler, {"timestep_spacing": "trailing", "clip_sample": False, "thresholding": False}),
    # Adversarial diffusion distillation (SDXL Turbo), https://arxiv.org/abs/2311.17042: as Lightning, but ancestral.
    "turbo": (EulerAncestralDiscreteScheduler, {"timestep_spacing": "trailing"}),
}

SAMPLERS: tuple[Sampler, ...] = tuple(_KINDS)
"""Those of SDXL."""


def solver(config: Any, sampler: Sampler = "dpm++") -> Any:
    """The diffusers scheduler of `sampler` for a checkpoint whose scheduler has this configuration.

    Everything that belongs to training is taken from the checkpoint: betas, prediction type (noise or velocity), zero
    terminal SNR. Only the solver and the spacing of its steps are chosen here.
    """
    kind, options = _KINDS[sampler]
    if config.get("rescale_betas_zero_snr"):
        options = {**options, **_ZERO_SNR}
    return kind.from_config(config, **options)


def noise_scale(scheduler: Any) -> float:
    """The factor for unit noise before a stock pipeline gets it as the initial latents.

    All schedulers used here scale the given noise to their largest sigma, except diffusers' DPM-Solver, which expects
    scaled latents: unit noise times sigma / sqrt(1 + sigma**2).
    """
    unscaled = isinstance(scheduler, DPMSolverMultistepScheduler)
    return float(scheduler.sigma_t[-1]) if unscaled else 1.0


def tail(steps: int, denoise: float) -> tuple[int, float]:
    """The schedule length and strength with which diffusers' img2img runs exactly the last `steps` steps of a schedule
    of ``int(steps / denoise)``. `denoise` is above 0 and at most 1.

    img2img runs ``int(length * strength)`` steps; with `denoise` as the strength, rounding could lose one of them.
    """
    length = int(steps / denoise + 1e-6)  # in floating point 1 - 0.7 is a little more than 0.3
    return length, min(1.0, (steps + 0.5) / length)
