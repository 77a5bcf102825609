"""What the program costs, measured; see README.md for what each module prints."""
