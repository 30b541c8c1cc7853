"""What is known about the open file so far. No Qt in here: the window asks, the window paints."""
