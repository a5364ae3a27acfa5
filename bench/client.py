"""Single signed calls (ACS3-HMAC-SHA256), for what the load generator is too large: the first call after a start, and what a
measurement needs set up."""
import hashlib
import hmac
import os
import socket
import time
from urllib.parse import quote

EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()


def caller_identity(credentials):
    """The bytes of a GetCallerIdentity, good for 15 minutes and for one call."""
    return signed(credentials, "GetCallerIdentity", "2015-04-01")


def signed(credentials, action, version, **parameters):
    """The bytes of a signed call. `credentials` has AccessKeyId and AccessKeySecret."""
    headers = {
        "host": "127.0.0.1:8080",
        "x-acs-action": action,
        "x-acs-content-sha256": EMPTY_SHA256,
        "x-acs-date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "x-acs-signature-nonce": os.urandom(16).hex(),
        "x-acs-version": version,
    }
    query = "&".join(f"{name}={quote(value, safe='-_.~')}" for name, value in sorted(parameters.items()))
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = f"POST\n/\n{query}\n{lines}\n{names}\n{EMPTY_SHA256}"
    to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    signature = hmac.new(credentials["AccessKeySecret"].encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = (f"ACS3-HMAC-SHA256 Credential={credentials['AccessKeyId']},SignedHeaders={names},"
                                f"Signature={signature}")
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    target = f"/?{query}" if query else "/"
    return f"POST {target} HTTP/1.1\r\n{head}Content-Length: 0\r\nConnection: close\r\n\r\n".encode()


def call(port, request):
    """Status and body of the answer; ConnectionError while nobody listens."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        s.sendall(request)
        answer = b""
        while part := s.recv(65536):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1."):
        raise ConnectionError("the connection was closed without an answer")
    return int(head[9:12]), body
