"""What is refused: checks of texts and of pictures by classifiers, and the models that may not run without them."""
