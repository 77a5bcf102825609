"""The solver: DPM-Solver++(2M) on a Karras schedule of the checkpoint's own noise levels."""

from __future__ import annotations

from typing import Any

from diffusers import DPMSolverMultistepScheduler


def solver(config: Any) -> DPMSolverMultistepScheduler:
    """The solver for a checkpoint whose scheduler has this configuration.

    What the checkpoint was trained with is kept: betas, prediction type (noise or v), zero terminal SNR. What is set
    here are the solver and its steps: second order, midpoint, Karras et al. 2022 (eq. 5, rho 7) spacing down to zero.
    """
    made: DPMSolverMultistepScheduler = DPMSolverMultistepScheduler.from_config(  # type: ignore[no-untyped-call]
        config,
        algorithm_type="dpmsolver++",
        solver_order=2,
        solver_type="midpoint",
        final_sigmas_type="zero",
        use_karras_sigmas=True,
        use_exponential_sigmas=False,
        use_beta_sigmas=False,
        use_lu_lambdas=False,
        use_flow_sigmas=False,
        lower_order_final=True,
        euler_at_final=False,
        thresholding=False,
    )
    return made


def noise_scale(scheduler: Any) -> float:
    """What unit noise is multiplied by to be a latent of the highest noise level: sigma / sqrt(1 + sigma**2)."""
    return float(scheduler.sigma_t[-1])


def tail(steps: int, denoise: float) -> tuple[int, float]:
    """(schedule length, strength) that make diffusers' img2img run exactly the last `steps` steps of a schedule of
    ``int(steps / denoise)``. `denoise` lies above 0 and up to 1.

    img2img runs ``int(length * strength)`` steps, which loses one to rounding when the strength is `denoise` itself.
    """
    length = max(steps, int(steps / denoise + 1e-6))  # 1 - 0.7 is a little more than 0.3
    return length, min(1.0, (steps + 0.5) / length)
