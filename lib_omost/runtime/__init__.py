"""The machine: devices, memory plans, turns on the device, loading in the background, ZeroGPU, folders, process
start."""
