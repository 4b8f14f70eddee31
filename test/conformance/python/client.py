"""Python's Socket.IO client, led by lines of JSON on standard input.

usage: client.py URL TRANSPORT

Each line in is a list: the name of an event and its arguments, which are emitted
with an acknowledgement. Each line out is a list: what happened, and its arguments.
Bytes are written as {"bytes": base64}.
"""

import base64
import json
import sys
import threading

import socketio

lock = threading.Lock()


def encode(value):
    return {"bytes": base64.b64encode(value).decode()}


def decode(value):
    return base64.b64decode(value["bytes"]) if set(value) == {"bytes"} else value


def say(*what):
    with lock:
        print(json.dumps(what, default=encode), flush=True)


url, transport = sys.argv[1:]
client = socketio.Client(reconnection_delay=0.2, randomization_factor=0)
client.on("connect", lambda: say("connect"))
client.on("connect_error", lambda *error: say("connect_error", *error))
client.on("disconnect", lambda *_: say("disconnect", client.connected))
client.on("said", lambda text: say("said", text))
client.on("echo", lambda *args: say("echo", *args))
client.connect(url, auth={"protocol": "1"}, transports=[transport], wait_timeout=60)
for line in sys.stdin:
    event, *args = json.loads(line, object_hook=decode)
    client.emit(event, tuple(args), callback=lambda *reply, event=event: say("ack", event, *reply))
client.disconnect()
