#!/usr/bin/env bash
# Numbers as attributes in OTLP, as JSON and as protobuf: @opentelemetry/otlp-transformer 0.301.1, read by the
# protobuf library 3.21.12 of Debian.
#
# Expected: the two serializers of one package send the same values, and the receiver can read both.
# Seen: a whole number beyond 64 bits with a sign is a double in protobuf, and in JSON it is an `intValue` that
# is out of range: protobuf's own reader of JSON refuses the whole request, and not only that attribute. 2^63-1,
# which JavaScript holds as 2^63, is one of them. NaN and the infinities arrive in protobuf; in JSON they are
# null, and the attribute arrives without a value.
# Why it bites: "no limit" is often told as such a number, RLIM_INFINITY being 18446744073709551615. Put on one
# span, it costs all spans that are sent with it, and only where the exporter speaks JSON.
set -euo pipefail

TRANSFORMER=0.301.1 PROTOBUF=3.21.12-3+deb12u1 PYTHON=3.11.2-6+deb12u8
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
chmod 755 .
apt-get download -qq "python3-protobuf=$PROTOBUF" "libprotobuf32=$PROTOBUF" "python3.11-minimal=$PYTHON" \
  "libpython3.11-minimal=$PYTHON" "libpython3.11-stdlib=$PYTHON" 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
npm install --silent --no-audit --no-fund --prefix "$WORK" "@opentelemetry/otlp-transformer@$TRANSFORMER" >/dev/null

cat >send.cjs <<'JS'
const fs = require("fs"), { JsonTraceSerializer, ProtobufTraceSerializer } = require("@opentelemetry/otlp-transformer")
// The limit comes in as JSON, as it does from another program.
const { limit } = JSON.parse('{"limit":18446744073709551615}')
for (const [name, value] of Object.entries({ small: 4096, limit, "2^63-1": Number(2n ** 63n - 1n), NaN, infinite: Infinity })) {
  const span = {
    name: "s", kind: 0, spanContext: () => ({ traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 }),
    startTime: [1, 0], endTime: [2, 0], status: { code: 0 }, attributes: { value }, links: [], events: [],
    resource: { attributes: {} }, instrumentationScope: { name: "x" },
    droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0,
  }
  fs.writeFileSync(`${name}.json`, JsonTraceSerializer.serializeRequest([span]))
  fs.writeFileSync(`${name}.bin`, ProtobufTraceSerializer.serializeRequest([span]))
}
JS
# The messages of an OTLP request as far as the attributes of a span: (field, number, message or type).
cat >receive.py <<'PY'
import re, sys
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
INT64, DOUBLE, STRING, MESSAGE = 3, 1, 9, 11
SHAPES = {
    "Request": [("resource_spans", 1, "ResourceSpans")],
    "ResourceSpans": [("scope_spans", 2, "ScopeSpans")],
    "ScopeSpans": [("spans", 2, "Span")],
    "Span": [("attributes", 9, "KeyValue")],
    "KeyValue": [("key", 1, STRING), ("value", 2, "AnyValue")],
    "AnyValue": [("int_value", 3, INT64), ("double_value", 4, DOUBLE)],
}
file = descriptor_pb2.FileDescriptorProto(name="t.proto", package="t", syntax="proto3")
for name, fields in SHAPES.items():
    message = file.message_type.add(name=name)
    if name == "AnyValue":
        message.oneof_decl.add(name="value")
    for field, number, kind in fields:
        added = message.field.add(name=field, number=number, label=1 if name in ("KeyValue", "AnyValue") else 3)
        if isinstance(kind, str):
            added.type, added.type_name = MESSAGE, ".t." + kind
        else:
            added.type = kind
        if name == "AnyValue":
            added.oneof_index = 0
pool = descriptor_pool.DescriptorPool()
pool.Add(file)
Request = message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("t.Request"))

def told(request):
    value = request.resource_spans[0].scope_spans[0].spans[0].attributes[0].value
    kind = value.WhichOneof("value")
    return f"{kind} {getattr(value, kind)}" if kind else "no value"

for name in sys.argv[1:]:
    request = Request()
    request.ParseFromString(open(name + ".bin", "rb").read())
    print(f"{name}, protobuf: {told(request)}")
    try:
        print(f"{name}, JSON: {told(json_format.Parse(open(name + '.json').read(), Request(), ignore_unknown_fields=True))}")
    except json_format.ParseError as error:
        print(f"{name}, JSON: the request is refused, {re.search('Value out of range: [0-9]+', str(error)).group()}")
PY
node send.cjs
export PYTHONHOME=$WORK/root/usr PYTHONPATH=$WORK/root/usr/lib/python3/dist-packages
LD_LIBRARY_PATH=$WORK/root/usr/lib/x86_64-linux-gnu root/usr/bin/python3.11 receive.py small limit '2^63-1' NaN infinite | tee seen
cat >expected <<'END'
small, protobuf: int_value 4096
small, JSON: int_value 4096
limit, protobuf: double_value 1.8446744073709552e+19
limit, JSON: the request is refused, Value out of range: 18446744073709552000
2^63-1, protobuf: double_value 9.223372036854776e+18
2^63-1, JSON: the request is refused, Value out of range: 9223372036854776000
NaN, protobuf: double_value nan
NaN, JSON: no value
infinite, protobuf: double_value inf
infinite, JSON: no value
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
