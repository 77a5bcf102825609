"""The composer's training data: hand-written material and the generator that turns it into conversations."""
