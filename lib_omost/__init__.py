"""Omost: a language model writes a picture's layout as code, and a diffusion model paints it region by region."""

from __future__ import annotations

__version__ = "0.1.0"
