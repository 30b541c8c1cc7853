# Settings of dmgbuild for the disk image: the program beside a link to the folder it is dragged to.
# Run by installers.py, which defines `app`.
application = defines["app"]  # noqa: F821 - dmgbuild brings it
files = [application]
symlinks = {"Applications": "/Applications"}
format = "ULMO"  # noqa: A001 - what dmgbuild calls it
filesystem = "APFS"
icon_size = 112
window_rect = ((200, 200), (560, 340))
icon_locations = {"Reelscope.app": (150, 150), "Applications": (410, 150)}
default_view = "icon-view"
show_toolbar = False
show_sidebar = False
