"""The embedded composer: reads a request into a brief, and constrains the small model with a grammar made from it."""
