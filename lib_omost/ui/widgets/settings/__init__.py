"""The sliders and boxes with the settings of composer and painter."""
