/* trace: decodes BuildKit's progress messages (protobuf moby.buildkit.v1.StatusResponse). */
#include "core/trace.h"

enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };
enum { MAX_VARINT_BYTES = 10 };

typedef struct {
  const uint8_t *at;
  const uint8_t *end;
} cursor;

/* One field: of value and text only the one of its wire type is set, the other is empty. */
typedef struct {
  uint64_t number;
  uint64_t value;
  os2_trace_text text;
} field;

static int read_varint(cursor *c, uint64_t *out) {
  uint64_t value = 0;
  for (unsigned i = 0; i < MAX_VARINT_BYTES && c->at < c->end; i++) {
    uint8_t byte = *c->at++;
    value |= (uint64_t)(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      *out = value;
      return 0;
    }
  }
  return -1;
}

static int skip(cursor *c, size_t n) {
  if ((size_t)(c->end - c->at) < n)
    return -1;
  c->at += n;
  return 0;
}

static int read_text(cursor *c, os2_trace_text *out) {
  uint64_t len;
  if (read_varint(c, &len) != 0 || len > (uint64_t)(c->end - c->at))
    return -1;
  out->bytes = (const char *)c->at;
  out->len = (size_t)len;
  return skip(c, out->len);
}

static int read_payload(cursor *c, unsigned wire_type, field *f) {
  switch (wire_type) {
  case WIRE_VARINT:
    return read_varint(c, &f->value);
  case WIRE_BYTES:
    return read_text(c, &f->text);
  case WIRE_FIXED64:
    return skip(c, 8);
  case WIRE_FIXED32:
    return skip(c, 4);
  default:
    return -1;
  }
}

/* Reads the next field: 1, 0 at the end, -1 when malformed. */
static int next_field(cursor *c, field *f) {
  if (c->at == c->end)
    return 0;
  uint64_t key;
  *f = (field){0};
  if (read_varint(c, &key) != 0 || key >> 3 == 0)
    return -1;
  f->number = key >> 3;
  return read_payload(c, (unsigned)(key & 7), f) == 0 ? 1 : -1;
}

static cursor open_text(os2_trace_text text) {
  static const uint8_t nothing[1] = {0};
  const uint8_t *start = text.bytes ? (const uint8_t *)text.bytes : nothing;
  return (cursor){start, start + text.len};
}

/* google.protobuf.Timestamp as UTC seconds. */
static int decode_time(os2_trace_text text, double *out) {
  cursor c = open_text(text);
  field f;
  int64_t seconds = 0, nanos = 0;
  int rc;
  while ((rc = next_field(&c, &f)) > 0) {
    if (f.number == 1)
      seconds = (int64_t)f.value;
    else if (f.number == 2)
      nanos = (int64_t)f.value;
  }
  *out = (double)seconds + (double)nanos / 1e9;
  return rc;
}

static int vertex_field(os2_trace_vertex *v, const field *f) {
  switch (f->number) {
  case 1:
    v->digest = f->text;
    return 0;
  case 3:
    v->name = f->text;
    return 0;
  case 4:
    v->cached = f->value != 0;
    return 0;
  case 5:
    return decode_time(f->text, &v->started);
  case 6:
    return decode_time(f->text, &v->completed);
  case 7:
    v->error = f->text;
    return 0;
  default:
    return 0;
  }
}

static int status_field(os2_trace_status *s, const field *f) {
  switch (f->number) {
  case 1:
    s->id = f->text;
    return 0;
  case 2:
    s->vertex = f->text;
    return 0;
  case 3:
    s->name = f->text;
    return 0;
  case 4:
    s->current = (int64_t)f->value;
    return 0;
  case 5:
    s->total = (int64_t)f->value;
    return 0;
  case 6:
    return decode_time(f->text, &s->timestamp);
  case 7:
    return decode_time(f->text, &s->started);
  case 8:
    return decode_time(f->text, &s->completed);
  default:
    return 0;
  }
}

static int log_field(os2_trace_log *l, const field *f) {
  switch (f->number) {
  case 1:
    l->vertex = f->text;
    return 0;
  case 2:
    return decode_time(f->text, &l->timestamp);
  case 3:
    l->stream = (int64_t)f->value;
    return 0;
  case 4:
    l->message = f->text;
    return 0;
  default:
    return 0;
  }
}

static int warning_field(os2_trace_warning *w, const field *f) {
  switch (f->number) {
  case 1:
    w->vertex = f->text;
    return 0;
  case 2:
    w->level = (int64_t)f->value;
    return 0;
  case 3:
    w->summary = f->text;
    return 0;
  case 5:
    w->url = f->text;
    return 0;
  default:
    return 0;
  }
}

static int visit_vertex(os2_trace_text text, const os2_trace_visitor *visitor, void *data) {
  cursor c = open_text(text);
  field f;
  os2_trace_vertex vertex = {0};
  int rc;
  while ((rc = next_field(&c, &f)) > 0) {
    if (vertex_field(&vertex, &f) != 0)
      return -1;
  }
  if (rc == 0)
    visitor->vertex(data, &vertex);
  return rc;
}

static int visit_status(os2_trace_text text, const os2_trace_visitor *visitor, void *data) {
  cursor c = open_text(text);
  field f;
  os2_trace_status status = {0};
  int rc;
  while ((rc = next_field(&c, &f)) > 0) {
    if (status_field(&status, &f) != 0)
      return -1;
  }
  if (rc == 0)
    visitor->status(data, &status);
  return rc;
}

static int visit_log(os2_trace_text text, const os2_trace_visitor *visitor, void *data) {
  cursor c = open_text(text);
  field f;
  os2_trace_log log = {0};
  int rc;
  while ((rc = next_field(&c, &f)) > 0) {
    if (log_field(&log, &f) != 0)
      return -1;
  }
  if (rc == 0)
    visitor->log(data, &log);
  return rc;
}

static int visit_warning(os2_trace_text text, const os2_trace_visitor *visitor, void *data) {
  cursor c = open_text(text);
  field f;
  os2_trace_warning warning = {0};
  int rc;
  while ((rc = next_field(&c, &f)) > 0) {
    if (warning_field(&warning, &f) != 0)
      return -1;
  }
  if (rc == 0)
    visitor->warning(data, &warning);
  return rc;
}

static int visit(const field *f, const os2_trace_visitor *visitor, void *data) {
  switch (f->number) {
  case 1:
    return visit_vertex(f->text, visitor, data);
  case 2:
    return visit_status(f->text, visitor, data);
  case 3:
    return visit_log(f->text, visitor, data);
  case 4:
    return visit_warning(f->text, visitor, data);
  default:
    return 0;
  }
}

int os2_trace_decode(const void *bytes, size_t len, const os2_trace_visitor *visitor, void *data) {
  cursor c = open_text((os2_trace_text){bytes, len});
  field f;
  int rc;
  while ((rc = next_field(&c, &f)) > 0) {
    if (visit(&f, visitor, data) != 0)
      return -1;
  }
  return rc;
}
