"""Clients before 0.18 run a service in Python that tells its port before a thread of its own listens there. On a busy
machine the script is then refused its own service now and then. Here the service listens as soon as it has the port."""

import socket
import sys


class Listening(socket.socket):
    def bind(self, address):
        super().bind(address)
        if self.type == socket.SOCK_STREAM:
            self.listen(5)


if "--serve-sock" in sys.orig_argv:
    socket.socket = Listening
