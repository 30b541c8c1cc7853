"""Every command of the window in one table: the menus, the keys and the sheet behind `?` are made from it.

Only what works is listed. ``callback`` names a method of `actions.Actions`.
"""

from __future__ import annotations

from app.export.formats import FORMATS
from app.ui.command import Choice, Command, Gesture, Group, Needs, Part
from app.ui.edit_commands import EDIT_COMMANDS

__all__ = [
    "COMMANDS",
    "EXPORTS",
    "GESTURES",
    "Choice",
    "Command",
    "Gesture",
    "Group",
    "Needs",
    "Part",
    "by_id",
]

_F, _V, _A, _G, _P, _H = Group.FILE, Group.VIEW, Group.ANALYSE, Group.GO, Group.PLAY, Group.HELP
_T = Group.TRANSCRIPT

COMMANDS: tuple[Command, ...] = (
    Command("file.open", "Open…", ("Ctrl+O",), "open_dialog", _F),
    Command("file.folder", "Open Folder…", (), "open_folder", _F),
    Command("file.sample", "Open the Sample", (), "open_sample", _F),
    Command("file.next", "Next File", ("Ctrl+PgDown",), "next_file", _F, Needs.FILES, section=True),
    Command("file.previous", "Previous File", ("Ctrl+PgUp",), "previous_file", _F, Needs.FILES),
    Command("file.close", "Close File", ("Ctrl+W",), "close_file", _F, Needs.FILE),
    Command("file.forget", "Forget Recent Files", (), "forget_recent", _F, section=True),
    Command("file.settings", "Settings…", ("Ctrl+,",), "show_settings", _F, section=True),
    Command("file.quit", "Quit", ("Ctrl+Q",), "quit", _F, section=True),
    *EDIT_COMMANDS,
    Command("view.boxes", "Show Boxes", ("B",), "toggle_boxes", _V, choice=Choice.SWITCH),
    Command("view.subtitles", "Next Subtitles / Off", ("V",), "switch_subtitles", _V, Needs.SUBTITLES),
    Command("view.subtitle_file", "Open Subtitles…", (), "open_subtitles", _V, Needs.PICTURE),
    Command("view.zoom", "Fit / Last Zoom", ("Z",), "toggle_zoom", _V, Needs.PICTURE),
    Command("view.full", "Full Screen", ("F", "F11"), "toggle_full_screen", _V, choice=Choice.SWITCH),
    Command("view.escape", "Back to the Picture", ("Esc",), "escape", _V),
    Command("view.follow", "Follow a Box", ("T",), "follow.toggle", _V, Needs.PICTURE, choice=Choice.SWITCH),
    Command("view.deinterlace", "Deinterlace", ("D",), "toggle_deinterlacing", _V, choice=Choice.SWITCH),
    Command("view.copy", "Copy the Picture", ("C", "Ctrl+C"), "still.copy", _V, Needs.PICTURE, section=True),
    Command("view.save", "Save the Picture…", ("Ctrl+Shift+S",), "still.save", _V, Needs.PICTURE),
    Command(
        "view.save_boxes", "Save the Picture with Boxes…", (), "still.save_with_boxes", _V, Needs.PICTURE
    ),
    Command(
        "view.time_in",
        "Zoom In on Time",
        ("+", "="),
        "zoom_time_in",
        _V,
        Needs.FILE,
        section=True,
        repeats=True,
    ),
    Command("view.time_out", "Zoom Out of Time", ("-",), "zoom_time_out", _V, Needs.FILE, repeats=True),
    Command("view.time_all", "Show the Whole Time", ("0",), "show_all_time", _V, Needs.FILE),
    Command("view.transcript", "Transcript", ("1",), "show_transcript", _V, section=True),
    Command("view.objects", "Objects", ("2",), "show_objects", _V),
    Command("view.info", "Info", ("3",), "show_info", _V),
    Command(
        "view.system",
        "As the System",
        (),
        "theme_system",
        _V,
        choice=Choice.THEME,
        section=True,
        submenu="Theme",
    ),
    Command("view.dark", "Dark", (), "theme_dark", _V, choice=Choice.THEME, submenu="Theme"),
    Command("view.light", "Light", (), "theme_light", _V, choice=Choice.THEME, submenu="Theme"),
    Command("analyse.start", "Analyse", ("Ctrl+R", "F5"), "analyse", _A, Needs.IDLE_FILE),
    Command("analyse.range", "Analyse the Range", ("Ctrl+Shift+R",), "range.analyse", _A, Needs.IDLE_RANGE),
    Command(
        "analyse.pause",
        "Pause the Analysis",
        ("Ctrl+P",),
        "toggle_pause",
        _A,
        Needs.PAUSABLE,
        choice=Choice.SWITCH,
    ),
    Command("analyse.cancel", "Cancel", ("Ctrl+.",), "cancel", _A, Needs.ANALYSIS),
    Command(
        "analyse.keyframes",
        "Look at Keyframes",
        (),
        "frames_keyframes",
        _A,
        choice=Choice.FRAMES,
        section=True,
    ),
    Command("analyse.five", "Look at 5 Pictures a Second", (), "frames_five", _A, choice=Choice.FRAMES),
    Command("analyse.all", "Look at Every Picture", (), "frames_all", _A, choice=Choice.FRAMES),
    Command("analyse.models", "Models…", ("Ctrl+Shift+M",), "show_models", _A, section=True),
    Command("analyse.add_model", "Add a Model File…", (), "add_model", _A),
    Command(
        "go.frame_back", "Back a Picture", ("Left", ","), "go.frame_back", _G, Needs.PICTURE, repeats=True
    ),
    Command(
        "go.frame_forward",
        "Forward a Picture",
        ("Right", "."),
        "go.frame_forward",
        _G,
        Needs.PICTURE,
        repeats=True,
    ),
    Command("go.second_back", "Back 1 s", ("Shift+Left",), "go.second_back", _G, Needs.FILE, repeats=True),
    Command(
        "go.second_forward",
        "Forward 1 s",
        ("Shift+Right",),
        "go.second_forward",
        _G,
        Needs.FILE,
        repeats=True,
    ),
    Command("go.ten_back", "Back 10 s", ("Ctrl+Shift+Left",), "go.ten_back", _G, Needs.FILE, repeats=True),
    Command(
        "go.ten_forward",
        "Forward 10 s",
        ("Ctrl+Shift+Right",),
        "go.ten_forward",
        _G,
        Needs.FILE,
        repeats=True,
    ),
    Command(
        "go.keyframe_back",
        "Previous Keyframe",
        ("Alt+Left",),
        "go.keyframe_back",
        _G,
        Needs.FILE,
        section=True,
        repeats=True,
    ),
    Command(
        "go.keyframe_forward",
        "Next Keyframe",
        ("Alt+Right",),
        "go.keyframe_forward",
        _G,
        Needs.FILE,
        repeats=True,
    ),
    Command("go.shot_back", "Previous Shot", ("Up",), "go.shot_back", _G, Needs.FILE, repeats=True),
    Command("go.shot_forward", "Next Shot", ("Down",), "go.shot_forward", _G, Needs.FILE, repeats=True),
    Command("go.chapter_back", "Previous Chapter", ("PgUp",), "go.chapter_back", _G, Needs.CHAPTERS),
    Command("go.chapter_forward", "Next Chapter", ("PgDown",), "go.chapter_forward", _G, Needs.CHAPTERS),
    Command("go.start", "Start", ("Home",), "go.to_start", _G, Needs.FILE, section=True),
    Command("go.end", "End", ("End",), "go.to_end", _G, Needs.FILE),
    Command(
        "go.jump_back", "Back to Before the Jump", ("Alt+Backspace",), "go.jump_back", _G, Needs.JUMP_BACK
    ),
    Command(
        "go.jump_forward",
        "Forward Again",
        ("Alt+Shift+Backspace",),
        "go.jump_forward",
        _G,
        Needs.JUMP_FORWARD,
    ),
    Command("go.time", "Go to Time…", ("G",), "go.to_time", _G, Needs.FILE),
    Command("go.search", "Search Everything…", ("Ctrl+K", "Ctrl+Shift+P"), "search_everything", _G),
    Command("go.play", "Play / Pause", ("Space", "K"), "go.play_pause", _P, Needs.FILE),
    Command("play.back", "Play Back, Faster Each Time", ("J",), "go.shuttle_back", _P, Needs.FILE),
    Command("play.on", "Play On, Faster Each Time", ("L",), "go.shuttle_on", _P, Needs.FILE),
    Command("go.slower", "Slower", ("[",), "go.slower", _P, Needs.FILE, section=True, repeats=True),
    Command("go.faster", "Faster", ("]",), "go.faster", _P, Needs.FILE, repeats=True),
    Command("go.normal", "Normal Speed", ("Backspace",), "go.normal_speed", _P, Needs.FILE),
    Command("range.in", "Mark In", ("I",), "range.mark_in", _P, Needs.FILE, section=True),
    Command("range.out", "Mark Out", ("O",), "range.mark_out", _P, Needs.FILE),
    Command("range.make", "Make a Range", ("Return", "Enter"), "range.make", _P, Needs.FILE),
    Command("range.go_in", "Go to In", ("Shift+I",), "range.go_in", _P, Needs.MARK),
    Command("range.go_out", "Go to Out", ("Shift+O",), "range.go_out", _P, Needs.MARK),
    Command("range.loop", "Loop the Range", ("Ctrl+L",), "range.loop", _P, Needs.RANGE, choice=Choice.SWITCH),
    Command("range.clear", "Clear In and Out", ("Alt+X", "Shift+Backspace"), "range.clear", _P, Needs.MARK),
    Command("play.mute", "Mute", ("M",), "toggle_mute", _P, choice=Choice.SWITCH, section=True),
    Command("play.louder", "Louder", ("Ctrl+Up",), "louder", _P, repeats=True),
    Command("play.softer", "Softer", ("Ctrl+Down",), "softer", _P, repeats=True),
    Command("said.import", "Import a Transcript…", (), "import_transcript", _T, Needs.FILE),
    Command("said.subtitles", "Use the Subtitles as Transcript", (), "take_subtitles", _T, Needs.SUBTITLES),
    Command("go.find", "Find in Transcript", ("Ctrl+F",), "find_in_transcript", _T, section=True),
    Command("said.find_next", "Find Next", ("F3",), "said.find_next", _T, Needs.LINES, repeats=True),
    Command(
        "said.find_back",
        "Find Previous",
        ("Shift+F3",),
        "said.find_back",
        _T,
        Needs.LINES,
        repeats=True,
    ),
    Command("said.replace", "Replace in Transcript", ("Ctrl+H",), "said.replace", _T, Needs.LINES),
    Command(
        "said.back",
        "Previous Line",
        ("Alt+Up",),
        "said.line_back",
        _T,
        Needs.LINES,
        section=True,
        repeats=True,
    ),
    Command("said.forward", "Next Line", ("Alt+Down",), "said.line_forward", _T, Needs.LINES, repeats=True),
    Command("doubts.next", "Next Doubtful Line", ("N",), "doubts.next", _T, Needs.DOUBTS),
    Command("doubts.back", "Previous Doubtful Line", ("Shift+N",), "doubts.previous", _T, Needs.DOUBTS),
    Command("doubts.again", "Hear the Lines Again", ("R",), "doubts.again", _T, Needs.IDLE_LINES),
    Command("doubts.range", "Hear the Range Again", ("Shift+R",), "doubts.again_range", _T, Needs.IDLE_RANGE),
    *(
        Command(
            f"doubts.{name}",
            title,
            (),
            f"doubts.again_{name}",
            _T,
            Needs.IDLE_LINES,
            submenu="Hear the Lines in Another Way",
        )
        for name, title in (
            ("closely", "More Closely"),
            ("freely", "More Freely"),
            ("all_sound", "All Sound, Not Only Speech"),
        )
    ),
    Command(
        "said.go", "Go to the Line", ("Return", "Enter"), "said.go", _T, Needs.LINES, part=Part.TRANSCRIPT
    ),
    Command(
        "said.follow",
        "Follow the Playhead",
        ("Shift+F",),
        "said.follow",
        _T,
        Needs.LINES,
        choice=Choice.SWITCH,
    ),
    Command("said.loop", "Loop the Line", ("Shift+L",), "said.loop", _T, Needs.LINES, choice=Choice.SWITCH),
    Command(
        "said.copy",
        "Copy the Text",
        ("Ctrl+C",),
        "said.copy",
        _T,
        Needs.LINES,
        section=True,
        part=Part.TRANSCRIPT,
    ),
    Command(
        "said.copy_timed",
        "Copy the Text with Times",
        ("Ctrl+Shift+C",),
        "said.copy_timed",
        _T,
        Needs.LINES,
        part=Part.TRANSCRIPT,
    ),
    Command(
        "said.all", "Select All Text", ("Ctrl+A",), "said.select_all", _T, Needs.LINES, part=Part.TRANSCRIPT
    ),
    Command(
        "export.options", "Export with Options…", ("Ctrl+Shift+E",), "show_export", Group.EXPORT, Needs.RESULT
    ),
    Command("help.keys", "Keyboard Shortcuts", ("?", "F1"), "show_keys", _H),
    Command("help.change_keys", "Change Keys…", (), "change_keys", _H),
    Command("help.devices", "Devices", (), "show_devices", _H),
    Command("help.releases", "Check for a Newer Release", (), "care.check_releases", _H, section=True),
    Command("help.report", "Copy a Report", (), "care.copy_report", _H),
    Command("help.about", "About Reelscope", (), "show_about", _H, section=True),
)


EXPORTS: tuple[Command, ...] = tuple(
    Command(
        f"export.{name}",
        f"{each.title}…",
        ("Ctrl+E",) if place == 0 else (),
        "export",
        Group.EXPORT,
        Needs.RESULT,
    )
    for place, (name, each) in enumerate(FORMATS.items())
)
"""One command for each export format; ``callback`` gets the name of the format."""


GESTURES: tuple[Gesture, ...] = (
    Gesture("", "drag", "Scrub", "Strip"),
    Gesture("", "drag", "Move in or out", "Ruler"),
    Gesture("", "wheel", "Move the strip in time", "Strip"),
    Gesture("Ctrl", "wheel", "Zoom at the pointer", "Picture and strip"),
    Gesture("Alt", "wheel", "One picture", "Picture and strip"),
    Gesture("Shift", "wheel", "One keyframe", "Picture and strip"),
    Gesture("", "drag", "Move when zoomed in", "Picture"),
    Gesture("", "double-click", "Full screen", "Picture"),
    Gesture("", "click", "Go to the word", "Transcript"),
    Gesture("", "drag", "Select text", "Transcript"),
    Gesture("", "double-click", "Edit the line", "Transcript"),
    Gesture("", "Up and Down", "Line before and after", "Transcript"),
    Gesture("Shift", "Up and Down", "Select lines", "Transcript"),
)
"""What the pointer and the arrows do, for the sheet of keys; only what works is listed."""


def by_id(command_id: str) -> Command:
    """Return a command by its name.

    Raises:
        KeyError: there is none.
    """
    for command in COMMANDS + EXPORTS:
        if command.id == command_id:
            return command
    raise KeyError(command_id)
