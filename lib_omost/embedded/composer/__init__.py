"""The embedded composer: reads a request into a brief, and holds the small model to a grammar made from it."""
