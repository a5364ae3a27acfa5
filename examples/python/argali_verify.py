"""A WSGI middleware: a request goes on only if its signature is right and its sender may do what it asks for.

It asks Argali under a verifier token. The standard library alone. The server has to hand over the request target as it was received, as
gunicorn (RAW_URI) and uWSGI (REQUEST_URI) do: PATH_INFO is decoded, and was not signed.
"""
import hashlib
import http.client
import io
import json
import urllib.parse

NOT_PASSED_ON = {"host", "connection", "content-length", "transfer-encoding", "cookie"}


class ArgaliVerify:
    def __init__(self, app, argali, token, question, ssl_context=None, body_max=1 << 20):
        """argali: its address, "https://argali.example.com:8443". question: from an environ, (action, resource) in the words of
        policies. Who sent the request is in environ["argali.identity"] afterwards."""
        self.app, self.token, self.question, self.body_max = app, token, question, body_max
        address = urllib.parse.urlsplit(argali)
        secure = {"context": ssl_context} if address.scheme == "https" else {}
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        self.connect = lambda: kind(address.hostname, address.port, timeout=5, **secure)

    def __call__(self, environ, start_response):
        body = self.read_body(environ)
        if body is None:
            return refuse(start_response, "413 Content Too Large", "RequestTooLarge")
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
        try:
            status, verdict = self.ask(environ, body)
        except (OSError, ValueError, http.client.HTTPException):
            status, verdict = 503, {}
        if status == 200:
            environ["argali.identity"] = verdict["Identity"]
            return self.app(environ, start_response)
        if status in (401, 403):
            return refuse(start_response, f"{status} {http.client.responses[status]}", verdict["Reason"])
        return refuse(start_response, "503 Service Unavailable", "ServiceUnavailable")   # no answer, or a wrong question

    def read_body(self, environ):
        """All of it; None if it is too large, or chunked and the server does not say where it ends."""
        size = int(environ.get("CONTENT_LENGTH") or 0)
        if environ.get("wsgi.input_terminated"):
            size = self.body_max + 1
        elif size > self.body_max or "HTTP_TRANSFER_ENCODING" in environ:
            return None
        body = environ["wsgi.input"].read(size)
        return body if len(body) <= self.body_max else None

    def ask(self, environ, body):
        headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
        headers = {name: value for name, value in headers.items()
                   if name not in NOT_PASSED_ON and not name.startswith(("x-argali-", "x-original-"))}
        if environ.get("CONTENT_TYPE"):
            headers["content-type"] = environ["CONTENT_TYPE"]
        action, resource = self.question(environ)
        algorithm = "sm3" if headers.get("authorization", "").startswith("ACS3-HMAC-SM3 ") else "sha256"
        headers |= {
            "X-Argali-Verifier": self.token,
            "X-Argali-Action": action,
            "X-Argali-Resource": resource,
            "X-Argali-Body-Sha256": hashlib.new(algorithm, body).hexdigest(),
            "X-Original-Method": environ["REQUEST_METHOD"],
            "X-Original-URI": environ.get("RAW_URI") or environ["REQUEST_URI"],
            "X-Original-Host": environ.get("HTTP_HOST", ""),
            "X-Original-Scheme": environ["wsgi.url_scheme"],
            "X-Original-Source-Ip": environ.get("REMOTE_ADDR", ""),
        }
        connection = self.connect()
        try:
            connection.request("POST", "/verify", headers=headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


def refuse(start_response, status, code):
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps({"Code": code}).encode()]
