"""The tests of Reelscope: one folder for each layer of the program."""
