"""Safety checks: classifiers for texts and pictures, and the rule which models must not run without them."""
