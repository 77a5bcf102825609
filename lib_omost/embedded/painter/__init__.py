"""The embedded painter's additions to the stock pipeline: its reader, its atlas, and regions that use them."""
