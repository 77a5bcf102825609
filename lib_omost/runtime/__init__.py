"""What the machine gives and who has it: the device, its memory plan, its turns, loading in the background, ZeroGPU."""
