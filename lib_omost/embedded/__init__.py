"""The embedded models: what is particular to the two small models that come with the program."""
