"""The controls for the settings of composer and painter."""
