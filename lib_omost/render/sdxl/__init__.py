"""SDXL by composition of diffusers' pipelines: checkpoints, LoRAs, text encoders, region attention, solvers."""
