"""A client of the Language Server Protocol over the standard streams of a process."""

import json
import subprocess


class Client:
    """One server process. Messages are sent and awaited one by one."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.next_id = 0
        self.settings = {}  # by section: what a server that asks for its configuration gets
        self.notified = []

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def read(self):
        length = None
        while True:
            line = self.process.stdout.readline()
            if not line:
                raise EOFError("the server has ended")
            if line == b"\r\n":
                return json.loads(self.process.stdout.read(length))
            name, _, value = line.decode("ascii").partition(":")
            if name.lower() == "content-length":
                length = int(value)

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def request(self, method, params):
        """The result; what the server asks meanwhile gets an empty answer."""
        self.next_id += 1
        self.send({"id": self.next_id, "method": method, "params": params})
        while True:
            message = self.read()
            if "method" not in message:
                if message.get("id") == self.next_id:
                    if "error" in message:
                        raise RuntimeError(message["error"])
                    return message["result"]
                continue
            self.take(message)

    def take(self, message):
        if "id" in message:
            items = message["params"].get("items", []) if message.get("params") else []
            values = [self.settings.get(item.get("section")) for item in items]
            self.send({"id": message["id"], "result": values if items else None})
        else:
            self.notified.append(message)

    def diagnostics(self, uri):
        """The next diagnostics that the server tells for a document."""
        while True:
            for i, message in enumerate(self.notified):
                params = message.get("params") or {}
                told = message["method"] == "textDocument/publishDiagnostics"
                if told and params["uri"] == uri:
                    del self.notified[i]
                    return params["diagnostics"]
            message = self.read()
            if "method" in message:
                self.take(message)

    def open(self, uri, text):
        self.notify("textDocument/didOpen", {"textDocument": {
            "uri": uri, "languageId": "yaml", "version": 1, "text": text}})

    def stop(self):
        """Shuts the server down and gives its exit status."""
        self.request("shutdown", None)
        self.notify("exit", None)
        self.process.stdin.close()
        return self.process.wait(timeout=30)
