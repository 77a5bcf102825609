"""The queue of the page: what waits until the running work has finished."""
