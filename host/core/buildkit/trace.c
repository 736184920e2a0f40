/* trace: decodes BuildKit's progress messages (protobuf moby.buildkit.v1.StatusResponse). */
#include "core/buildkit/trace.h"

#include "core/base/protobuf.h"

/* Decodes a google.protobuf.Timestamp to UTC seconds. */
static int trace_decode_time(os2_text text, double *out) {
  os2_pb_cursor c = os2_pb_open(text);
  os2_pb_field f;
  int64_t seconds = 0, nanos = 0;
  int rc;
  while ((rc = os2_pb_next(&c, &f)) > 0) {
    if (f.number == 1)
      seconds = (int64_t)f.value;
    else if (f.number == 2)
      nanos = (int64_t)f.value;
  }
  *out = (double)seconds + (double)nanos / 1e9;
  return rc;
}

static int trace_vertex_field(os2_trace_vertex *v, const os2_pb_field *f) {
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
    return trace_decode_time(f->text, &v->started);
  case 6:
    return trace_decode_time(f->text, &v->completed);
  case 7:
    v->error = f->text;
    return 0;
  default:
    return 0;
  }
}

static int trace_status_field(os2_trace_status *s, const os2_pb_field *f) {
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
    return trace_decode_time(f->text, &s->timestamp);
  case 7:
    return trace_decode_time(f->text, &s->started);
  case 8:
    return trace_decode_time(f->text, &s->completed);
  default:
    return 0;
  }
}

static int trace_log_field(os2_trace_log *l, const os2_pb_field *f) {
  switch (f->number) {
  case 1:
    l->vertex = f->text;
    return 0;
  case 2:
    return trace_decode_time(f->text, &l->timestamp);
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

static int trace_warning_field(os2_trace_warning *w, const os2_pb_field *f) {
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

static int trace_visit_vertex(os2_text text, const os2_trace_visitor *visitor, void *data) {
  os2_pb_cursor c = os2_pb_open(text);
  os2_pb_field f;
  os2_trace_vertex vertex = {0};
  int rc;
  while ((rc = os2_pb_next(&c, &f)) > 0)
    if (trace_vertex_field(&vertex, &f) != 0) return -1;
  if (rc == 0) visitor->vertex(data, &vertex);
  return rc;
}

static int trace_visit_status(os2_text text, const os2_trace_visitor *visitor, void *data) {
  os2_pb_cursor c = os2_pb_open(text);
  os2_pb_field f;
  os2_trace_status status = {0};
  int rc;
  while ((rc = os2_pb_next(&c, &f)) > 0)
    if (trace_status_field(&status, &f) != 0) return -1;
  if (rc == 0) visitor->status(data, &status);
  return rc;
}

static int trace_visit_log(os2_text text, const os2_trace_visitor *visitor, void *data) {
  os2_pb_cursor c = os2_pb_open(text);
  os2_pb_field f;
  os2_trace_log log = {0};
  int rc;
  while ((rc = os2_pb_next(&c, &f)) > 0)
    if (trace_log_field(&log, &f) != 0) return -1;
  if (rc == 0) visitor->log(data, &log);
  return rc;
}

static int trace_visit_warning(os2_text text, const os2_trace_visitor *visitor, void *data) {
  os2_pb_cursor c = os2_pb_open(text);
  os2_pb_field f;
  os2_trace_warning warning = {0};
  int rc;
  while ((rc = os2_pb_next(&c, &f)) > 0)
    if (trace_warning_field(&warning, &f) != 0) return -1;
  if (rc == 0) visitor->warning(data, &warning);
  return rc;
}

static int trace_visit(const os2_pb_field *f, const os2_trace_visitor *visitor, void *data) {
  switch (f->number) {
  case 1:
    return trace_visit_vertex(f->text, visitor, data);
  case 2:
    return trace_visit_status(f->text, visitor, data);
  case 3:
    return trace_visit_log(f->text, visitor, data);
  case 4:
    return trace_visit_warning(f->text, visitor, data);
  default:
    return 0;
  }
}

int os2_trace_next(os2_pb_cursor *at, const os2_trace_visitor *visitor, void *data) {
  os2_pb_field f;
  int rc = os2_pb_next(at, &f);
  return rc > 0 && trace_visit(&f, visitor, data) != 0 ? -1 : rc;
}

int os2_trace_decode(const void *bytes, size_t len, const os2_trace_visitor *visitor, void *data) {
  os2_pb_cursor c = os2_pb_open((os2_text){bytes, len});
  int rc;
  do rc = os2_trace_next(&c, visitor, data);
  while (rc > 0);
  return rc;
}
