"""From the user's options to a studio: options, choice of models and device, loading."""
