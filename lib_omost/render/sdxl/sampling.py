"""The solvers: one for ordinary checkpoints, and those that checkpoints distilled to a few steps were made for."""

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

# Lin et al. 2023, https://arxiv.org/abs/2305.08891: the last timestep is pure noise and has to be visited. Karras
# spacing would put two thirds of all steps where there is nothing but noise, since its highest level is 4096 then.
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
    # SDXL-Lightning, https://arxiv.org/abs/2402.13929: Euler on the last step of each stretch of the schedule.
    "lightning": (
        EulerDiscreteScheduler,
        {**_PLAIN, "timestep_spacing": "trailing", "timestep_type": "discrete", "final_sigmas_type": "zero"},
    ),
    # Hyper-SD, https://arxiv.org/abs/2404.13686: DDIM on the same steps.
    "hyper": (DDIMScheduler, {"timestep_spacing": "trailing", "clip_sample": False, "thresholding": False}),
    # Adversarial diffusion distillation (SDXL Turbo), https://arxiv.org/abs/2311.17042: as Lightning, with fresh noise.
    "turbo": (EulerAncestralDiscreteScheduler, {"timestep_spacing": "trailing"}),
}


def solver(config: Any, sampler: Sampler = "dpm++") -> Any:
    """The diffusers scheduler that `sampler` means for a checkpoint whose scheduler has this configuration.

    What the checkpoint was trained with is kept: betas, prediction type (noise or v), zero terminal SNR. What is set
    here are the solver and its steps.
    """
    kind, options = _KINDS[sampler]
    if config.get("rescale_betas_zero_snr"):
        options = {**options, **_ZERO_SNR}
    return kind.from_config(config, **options)


def noise_scale(scheduler: Any) -> float:
    """What unit noise is multiplied by before it is handed to a stock pipeline as the first latent.

    Every scheduler scales the noise that it is given to its own highest level, but for the DPM-Solver of diffusers,
    which takes a latent that is ready: sigma / sqrt(1 + sigma**2) times unit noise.
    """
    ready = isinstance(scheduler, DPMSolverMultistepScheduler)
    return float(getattr(scheduler, "sigma_t")[-1]) if ready else 1.0  # noqa: B009 - set when steps are


def tail(steps: int, denoise: float) -> tuple[int, float]:
    """(schedule length, strength) that make diffusers' img2img run exactly the last `steps` steps of a schedule of
    ``int(steps / denoise)``. `denoise` lies above 0 and up to 1.

    img2img runs ``int(length * strength)`` steps, which loses one to rounding when the strength is `denoise` itself.
    """
    length = int(steps / denoise + 1e-6)  # 1 - 0.7 is a little more than 0.3
    return length, min(1.0, (steps + 0.5) / length)
