"""What the embedded painter needs beside the stock pipeline: regions whose tokens have places of their own."""
