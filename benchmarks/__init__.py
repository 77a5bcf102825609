"""Benchmarks of the program; README.md describes what each module prints."""
