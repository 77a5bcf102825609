"""The state of the models."""
