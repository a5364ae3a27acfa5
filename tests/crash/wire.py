"""Signed calls over a keep-alive connection, after the documented rules of ACS3-HMAC-SHA256; shares no code with the server."""
import hashlib
import hmac
import json
import os
import socket
import time
from urllib.parse import quote

VERSIONS = {"ims": "2019-08-15", "ram": "2015-05-01", "sts": "2015-04-01"}
EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()


def encode(text):
    return quote(str(text), safe="-_.~")


def sign(credentials, product, action, parameters):
    """The bytes of a POST with everything in the query."""
    query = "&".join(f"{name}={encode(parameters[name])}" for name in sorted(parameters))
    headers = {
        "host": "127.0.0.1:8080",
        "x-acs-action": action,
        "x-acs-content-sha256": EMPTY_SHA256,
        "x-acs-date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "x-acs-signature-nonce": os.urandom(16).hex(),
        "x-acs-version": VERSIONS[product],
    }
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    canonical = f"POST\n/\n{query}\n{lines}\n{names}\n{EMPTY_SHA256}"
    to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    signature = hmac.new(credentials["AccessKeySecret"].encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = (f"ACS3-HMAC-SHA256 Credential={credentials['AccessKeyId']},SignedHeaders={names},"
                                f"Signature={signature}")
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST /?{query} HTTP/1.1\r\n{head}Content-Length: 0\r\n\r\n".encode()


class Connection:
    """One connection, opened by the first request. Any OSError means that the answer did not come."""

    def __init__(self, port):
        self.port, self.socket, self.rest = port, None, b""

    def send(self, request):
        """Status and decoded JSON body of the answer."""
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=20)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(request)
        head = self.read_until(b"\r\n\r\n").decode("latin-1")
        length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length:"))
        body = self.read(length)
        if "\r\nconnection: close" in head.lower():
            self.close()
        return int(head[9:12]), json.loads(body)

    def receive(self):
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("closed without an answer")
        self.rest += part

    def read_until(self, end):
        while end not in self.rest:
            self.receive()
        head, _, self.rest = self.rest.partition(end)
        return head

    def read(self, length):
        while len(self.rest) < length:
            self.receive()
        body, self.rest = self.rest[:length], self.rest[length:]
        return body

    def close(self):
        if self.socket is not None:
            self.socket.close()
        self.socket, self.rest = None, b""


class Client:
    """Calls as one AccessKey."""

    def __init__(self, port, credentials):
        self.connection, self.credentials = Connection(port), credentials

    def call(self, product, action, **parameters):
        named = {name.replace("_", "."): value for name, value in parameters.items()}
        return self.connection.send(sign(self.credentials, product, action, named))

    def get(self, product, action, **parameters):
        """The body of an answer that has to be 200."""
        status, body = self.call(product, action, **parameters)
        if status != 200:
            raise AssertionError(f"{action} {parameters}: {status} {body.get('Code')}")
        return body

    def close(self):
        self.connection.close()
