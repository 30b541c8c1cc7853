"""What a file says beside the pixels of a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from av.sidedata.sidedata import SideDataContainer

if TYPE_CHECKING:
    from collections.abc import Iterable

    import av
    from av.sidedata.sidedata import SideData


def side_data_of(frame: av.VideoFrame, name: str) -> bytes | None:
    """Return the side data of the type that PyAV calls ``name``; None where there is none.

    Raises:
        ValueError: the frame carries a type that PyAV 18.1 does not know (newer than 28).
    """
    # Not ``frame.side_data``: the frame would keep that, it the frame, and so the pixels until the
    # cyclic collector comes round.
    # The stubs know no constructor.
    side_data = cast("Iterable[SideData]", SideDataContainer(frame))  # type: ignore[call-arg]
    found = next((data for data in side_data if data.type.name == name), None)
    return None if found is None else bytes(found)
