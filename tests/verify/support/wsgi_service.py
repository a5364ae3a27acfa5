"""A service behind examples/python/argali_verify.py: wsgi_service.py CONFIG, a JSON object {port, argali, token, account}.

Answers who called, in JSON. What the server of the standard library lacks, and those for production have, is added: the raw target,
and chunked bodies.
"""
import io
import json
import os
import re
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../examples/python"))
from argali_verify import ArgaliVerify  # noqa: E402 it is no package

CONFIG = json.loads(sys.argv[1])
ACTIONS = {"GET": "files:GetObject", "PUT": "files:PutObject"}


class Handler(WSGIRequestHandler):
    def get_environ(self):
        environ = super().get_environ()
        environ["RAW_URI"] = self.path
        if self.headers["content-type"] is None:            # wsgiref makes one up
            del environ["CONTENT_TYPE"]
        if self.headers["transfer-encoding"] == "chunked":
            environ["chunks"] = b"".join(iter(self.read_chunk, b""))
        return environ

    def read_chunk(self):
        data = self.rfile.read(int(self.rfile.readline(), 16))
        self.rfile.readline()
        return data

    def log_message(self, *_):
        pass


def question(environ):
    found = re.match(r"/files/([\w./-]+)(\?|$)", environ["RAW_URI"])
    return ACTIONS.get(environ["REQUEST_METHOD"], "files:Unknown"), f"acs:files::{CONFIG['account']}:{found.group(1) if found else ''}"


def service(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"identity": environ["argali.identity"], "size": len(body)}).encode()]


def decoded(environ, start_response):
    if "chunks" in environ:
        environ["wsgi.input"], environ["wsgi.input_terminated"] = io.BytesIO(environ.pop("chunks")), True
    return app(environ, start_response)


app = ArgaliVerify(service, CONFIG["argali"], CONFIG["token"], question)
with make_server("127.0.0.1", CONFIG["port"], decoded, handler_class=Handler) as server:
    server.serve_forever()
