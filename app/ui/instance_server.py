"""The running window's side of `app.handover`: takes the files of a second start."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app import handover

_PATIENCE_MS = 3000
"""A caller that does not say what it wants by then is left."""
_MOST_CALLERS = 8


@dataclass(frozen=True, slots=True)
class FilesReceived:
    """A second start asks for these files; without any, to be seen."""

    paths: tuple[Path, ...]


class InstanceServer(QObject):
    """Listens at a local socket that only this user may use. GUI thread.

    Signals:
        received(object): a FilesReceived.
    """

    received = Signal(object)

    def __init__(self, at: Path | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._at = at
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.setMaxPendingConnections(_MOST_CALLERS)
        self._server.newConnection.connect(self._called)

    def listen(self) -> bool:
        """Become the window that is met there; False where another one is, or there is no place."""
        if self._at is None:
            return False
        with handover.claimed(self._at) as mine:
            if not mine or handover.somebody_listens(self._at):
                return False
            QLocalServer.removeServer(str(self._at))
            return self._server.listen(str(self._at))

    def close(self) -> None:
        """Let nobody in any more."""
        self._server.close()

    def _called(self) -> None:
        while (line := self._server.nextPendingConnection()) is not None:
            _Caller(line, self)


class _Caller(QObject):
    """One conversation; it ends with the answer, a fault, or when it takes too long."""

    def __init__(self, line: QLocalSocket, server: InstanceServer) -> None:
        super().__init__(server)
        self._line, self._server = line, server
        line.setParent(self)
        line.setReadBufferSize(handover.LENGTH_BYTES + handover.MAX_BYTES)
        line.readyRead.connect(self._read)
        line.disconnected.connect(self.deleteLater)
        patience = QTimer(self)
        patience.setSingleShot(True)
        patience.timeout.connect(self._leave)
        patience.start(_PATIENCE_MS)
        line.write(handover.READY)
        line.flush()
        if line.state() is not QLocalSocket.LocalSocketState.ConnectedState:
            self.deleteLater()

    def _leave(self) -> None:
        self._line.abort()

    def _read(self) -> None:
        line = self._line
        if line.bytesAvailable() < handover.LENGTH_BYTES:
            return
        length = int.from_bytes(bytes(line.peek(handover.LENGTH_BYTES).data()), "big")
        if length > handover.MAX_BYTES:
            line.abort()
            return
        whole = handover.LENGTH_BYTES + length
        if line.bytesAvailable() < whole:
            return
        line.readyRead.disconnect(self._read)
        message = bytes(line.read(whole).data())
        try:
            paths = handover.unpack(message[handover.LENGTH_BYTES :])
        except ValueError:
            line.abort()
            return
        line.write(handover.TAKEN)
        line.flush()
        line.disconnectFromServer()
        self._server.received.emit(FilesReceived(paths))
