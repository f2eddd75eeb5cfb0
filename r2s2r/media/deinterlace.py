"""Interlaced frames become progressive ones, at the same rate."""

from collections.abc import Iterable, Iterator

from av import VideoFrame
from av.error import BlockingIOError as NotYet
from av.error import EOFError as AtEnd
from av.filter import Graph


def progressive(frames: Iterable[VideoFrame]) -> Iterator[VideoFrame]:
    """Yield one frame for each given, in order: those flagged as interlaced deinterlaced (bwdif), others untouched.

    bwdif looks at the frames before and after, so give one more on each side than are wanted.
    """
    graph: Graph | None = None
    for frame in frames:
        if graph is None and not frame.interlaced_frame:
            yield frame
            continue
        graph = graph or _bwdif(frame)
        graph.vpush(frame)
        yield from _finished(graph)
    if graph is not None:
        graph.vpush(None)
        yield from _finished(graph)


def _bwdif(frame: VideoFrame) -> Graph:
    graph = Graph()
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base)
    graph.link_nodes(source, graph.add("bwdif", mode="send_frame", deint="interlaced"), graph.add("buffersink"))
    graph.configure()
    return graph


def _finished(graph: Graph) -> Iterator[VideoFrame]:
    while True:
        try:
            yield graph.vpull()
        except (NotYet, AtEnd):
            return
