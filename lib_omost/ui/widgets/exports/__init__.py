"""Downloads of a layout, and the layout compared with its picture."""
