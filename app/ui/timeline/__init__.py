"""The strip: the whole file on one time axis. Only `card` may be imported early; the rest loads pyqtgraph."""
