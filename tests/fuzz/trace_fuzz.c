/* trace_fuzz: libFuzzer entry for the BuildKit trace decoder. */
#include "core/buildkit/trace.h"
#include "fuzz.h"

/* Touches both ends, so that a sanitizer sees a slice that leaves the buffer. */
static void touch(void *data, os2_text text) {
  volatile char *sink = data;
  if (text.len > 0) *sink = (char)(text.bytes[0] ^ text.bytes[text.len - 1]);
}

static void on_vertex(void *data, const os2_trace_vertex *v) {
  touch(data, v->digest);
  touch(data, v->name);
  touch(data, v->error);
}

static void on_status(void *data, const os2_trace_status *s) {
  touch(data, s->id);
  touch(data, s->vertex);
  touch(data, s->name);
}

static void on_log(void *data, const os2_trace_log *l) {
  touch(data, l->vertex);
  touch(data, l->message);
}

static void on_warning(void *data, const os2_trace_warning *w) {
  touch(data, w->vertex);
  touch(data, w->summary);
  touch(data, w->url);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
  static const os2_trace_visitor visitor = {on_vertex, on_status, on_log, on_warning};
  char sink = 0;
  os2_trace_decode(bytes, len, &visitor, &sink);
  return 0;
}
