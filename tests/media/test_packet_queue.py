"""Which packets are decoded, on made-up groups of pictures: no decoder takes part."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.media.packet_queue import Need, PacketQueue, Waiting
from app.media.shown_order import REORDERED, OutOfOrderError, ShownOrder

Packet = tuple[int, bool]
"""Time stamp, and whether decoding can start there."""


@st.composite
def films(draw: st.DrawFn) -> list[Packet]:
    """Groups in decoding order: a start, its leading pictures, then the others, a few places off."""
    packets: list[Packet] = []
    first = 0
    for group in range(draw(st.integers(1, 6))):
        leading = draw(st.integers(0, 5)) if group else 0
        following = draw(st.permutations(range(draw(st.integers(0, 8)))))
        packets.append((first + leading, True))
        packets += [(first + place, False) for place in range(leading)]
        packets += [(first + leading + 1 + place, False) for place in following]
        first += leading + 1 + len(following)
    return packets


def fates(packets: list[Packet], wanted: set[int]) -> list[Need]:
    queue: PacketQueue[int] = PacketQueue()
    order = ShownOrder()
    undecided: dict[int, Waiting[int]] = {}
    found: list[Need] = []

    def decide(stamp: int) -> None:
        undecided.pop(stamp).wanted = stamp in wanted

    def take(*, ended: bool) -> None:
        while (step := queue.take(ended=ended)) is not None:
            assert step[0].packet == len(found)
            found.append(step[1])

    for number, (stamp, starts) in enumerate(packets):
        undecided[stamp] = Waiting(number, stamp, starts, None)
        queue.add(undecided[stamp])
        settled = order.add(stamp)
        if settled is not None:
            decide(settled)
        take(ended=False)
    for stamp in order.end():
        decide(stamp)
    take(ended=True)
    return found


def needed(packets: list[Packet], wanted: set[int]) -> set[int]:
    """The plain way: for each wanted picture all from the last start that is not shown after it."""
    places: set[int] = set()
    for place, (stamp, _) in enumerate(packets):
        if stamp in wanted:
            starts = [at for at in range(place + 1) if packets[at][1] and packets[at][0] <= stamp]
            places.update(range(max(starts), place + 1))
    return places


@given(films(), st.data())
def test_just_what_is_needed_is_decoded(packets: list[Packet], data: st.DataObject) -> None:
    wanted = data.draw(st.sets(st.sampled_from([stamp for stamp, _ in packets])))
    found = fates(packets, wanted)
    assert {place for place, need in enumerate(found) if need is not Need.NOTHING} == needed(packets, wanted)
    assert {packets[place][0] for place, need in enumerate(found) if need is Need.SHOW} == wanted


@given(films())
def test_stamps_come_back_in_shown_order(packets: list[Packet]) -> None:
    order = ShownOrder()
    settled = [order.add(stamp) for stamp, _ in packets]
    together = [stamp for stamp in settled if stamp is not None] + order.end()
    assert together == sorted(stamp for stamp, _ in packets)


def test_stamps_that_go_back_are_told() -> None:
    order = ShownOrder()
    stamps = [*range(100, 100 + REORDERED + 5), 3]
    try:
        for stamp in stamps:
            order.add(stamp)
        order.end()
    except OutOfOrderError:
        return
    raise AssertionError("nobody noticed")
