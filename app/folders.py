"""Where this user keeps what, as the system has it; nothing is made or looked at."""

from __future__ import annotations

from pathlib import Path

_PROGRAM = "reelscope"


def settings_path() -> Path:
    """The file of the settings."""
    from platformdirs import user_config_path

    return user_config_path(_PROGRAM, appauthor=False) / "settings.json"


def cache_folder() -> Path:
    """What can be measured anew."""
    from platformdirs import user_cache_path

    return user_cache_path(_PROGRAM, appauthor=False)


def models_folder() -> Path:
    """The models that were added."""
    from platformdirs import user_data_path

    return user_data_path(_PROGRAM, appauthor=False) / "models"


def log_folder() -> Path:
    """The logs."""
    from platformdirs import user_log_path

    return user_log_path(_PROGRAM, appauthor=False)
