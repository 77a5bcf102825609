"""The choice of the models and LoRAs, which are switched while the program runs."""
