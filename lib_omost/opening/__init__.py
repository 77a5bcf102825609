"""From the user's options to a running studio: options, the choice of models and device, and how each is loaded."""
