"""What the embedded painter has beside the stock pipeline: its reader, its atlas, and regions that hear them."""
