/* frontend: a BuildKit front end for `# syntax=` lines: it hands the build on to dockerfile.v0.
   It runs in a container as a gRPC client on stdin and stdout (BuildKit's frontend/gateway). */
#include <nghttp2/nghttp2.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/protobuf.h"

enum { PREFIX_SIZE = 5, INPUT_SIZE = 16 * 1024 };

extern char **environ;

typedef struct {
  char *bytes;
  size_t len;
} message;

/* One call after the other: what is sent, and what came. */
typedef struct {
  message request;
  size_t sent;
  message reply;
  bool is_closed;
} call;

static void fail(const char *what) {
  fprintf(stderr, "frontend: %s\n", what);
  exit(1);
}

static void append(message *m, const char *bytes, size_t len) {
  m->bytes = os2_mem_resize(m->bytes, m->len + len, 1);
  if (len > 0) memcpy(m->bytes + m->len, bytes, len);
  m->len += len;
}

static void append_text(message *m, unsigned number, const char *bytes, size_t len) {
  size_t size = os2_pb_text_size(number, len);
  m->bytes = os2_mem_resize(m->bytes, m->len + size, 1);
  os2_pb_write_text(m->bytes + m->len, number, bytes, len);
  m->len += size;
}

/* ---- gRPC ---- */

static ssize_t read_request(nghttp2_session *h2, int32_t id, uint8_t *out, size_t room,
                            uint32_t *flags, nghttp2_data_source *source, void *arg) {
  (void)h2;
  (void)id;
  (void)arg;
  call *c = source->ptr;
  size_t left = c->request.len - c->sent;
  size_t n = left < room ? left : room;
  memcpy(out, c->request.bytes + c->sent, n);
  c->sent += n;
  if (n == left) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return (ssize_t)n;
}

static int on_data(nghttp2_session *h2, uint8_t flags, int32_t id, const uint8_t *bytes, size_t len,
                   void *arg) {
  (void)flags;
  (void)arg;
  call *c = nghttp2_session_get_stream_user_data(h2, id);
  append(&c->reply, (const char *)bytes, len);
  return 0;
}

static int on_close(nghttp2_session *h2, int32_t id, uint32_t error_code, void *arg) {
  (void)error_code;
  (void)arg;
  call *c = nghttp2_session_get_stream_user_data(h2, id);
  c->is_closed = true;
  return 0;
}

static nghttp2_session *open_client(void) {
  nghttp2_session_callbacks *callbacks;
  nghttp2_session *h2;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
  nghttp2_session_client_new(&h2, callbacks, NULL);
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_submit_settings(h2, NGHTTP2_FLAG_NONE, NULL, 0);
  return h2;
}

static void write_out(nghttp2_session *h2) {
  const uint8_t *bytes;
  ssize_t len;
  while ((len = nghttp2_session_mem_send(h2, &bytes)) > 0)
    for (ssize_t at = 0; at < len;) {
      ssize_t n = write(STDOUT_FILENO, bytes + at, (size_t)(len - at));
      if (n <= 0) fail("BuildKit hung up");
      at += n;
    }
}

static void read_in(nghttp2_session *h2) {
  static uint8_t input[INPUT_SIZE];
  ssize_t n = read(STDIN_FILENO, input, sizeof input);
  if (n <= 0 || nghttp2_session_mem_recv(h2, input, (size_t)n) < 0) fail("BuildKit hung up");
}

static nghttp2_nv header(const char *name, const char *value) {
  return (nghttp2_nv){(uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value, strlen(name),
                      strlen(value), NGHTTP2_NV_FLAG_NONE};
}

/* Calls a method and returns the reply without its prefix; an empty one when it failed. */
static os2_text call_method(nghttp2_session *h2, const char *path, const message *body) {
  call *c = os2_mem_zero(1, sizeof *c);
  char prefix[PREFIX_SIZE] = {0};
  for (int i = 0; i < 4; i++) prefix[1 + i] = (char)(body->len >> (24 - 8 * i) & 0xff);
  append(&c->request, prefix, sizeof prefix);
  append(&c->request, body->bytes, body->len);
  nghttp2_nv headers[] = {header(":method", "POST"), header(":scheme", "http"),
                          header(":path", path),     header(":authority", "localhost"),
                          header("te", "trailers"),  header("content-type", "application/grpc")};
  nghttp2_data_provider provider = {.source.ptr = c, .read_callback = read_request};
  nghttp2_submit_request(h2, NULL, headers, sizeof headers / sizeof *headers, &provider, c);
  write_out(h2);
  while (!c->is_closed) {
    read_in(h2);
    write_out(h2);
  }
  if (c->reply.len < PREFIX_SIZE) fail(path);
  return (os2_text){c->reply.bytes + PREFIX_SIZE, c->reply.len - PREFIX_SIZE};
}

/* ---- the build ---- */

/* SolveRequest {2: Frontend, 3: map of FrontendOpt, 5: allowResultReturn}. */
static message solve_request(void) {
  static const char option[] = "BUILDKIT_FRONTEND_OPT_";
  static const char allow_result_return[] = {5 << 3, 1};
  message request = {0};
  append_text(&request, 2, "dockerfile.v0", strlen("dockerfile.v0"));
  for (char **variable = environ; *variable != NULL; variable++) {
    if (strncmp(*variable, option, sizeof option - 1) != 0) continue;
    const char *key = strchr(*variable, '=') + 1;
    const char *value = strchr(key, '=');
    if (value == NULL) continue;
    message entry = {0};
    append_text(&entry, 1, key, (size_t)(value - key));
    append_text(&entry, 2, value + 1, strlen(value + 1));
    append_text(&request, 3, entry.bytes, entry.len);
  }
  append(&request, allow_result_return, sizeof allow_result_return);
  return request;
}

/* SolveResponse {3: Result} as ReturnRequest {1: Result}. */
static message return_request(os2_text response) {
  os2_pb_cursor cursor = os2_pb_open(response);
  os2_pb_field field;
  message request = {0};
  while (os2_pb_next(&cursor, &field) > 0)
    if (field.number == 3) append_text(&request, 1, field.text.bytes, field.text.len);
  return request;
}

int main(void) {
  nghttp2_session *h2 = open_client();
  message solve = solve_request();
  os2_text solved = call_method(h2, "/moby.buildkit.v1.frontend.LLBBridge/Solve", &solve);
  message result = return_request(solved);
  call_method(h2, "/moby.buildkit.v1.frontend.LLBBridge/Return", &result);
  return 0;
}
