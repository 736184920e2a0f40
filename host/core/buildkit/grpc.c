/* grpc: the server side of gRPC (libnghttp2), without a connection of its own. */
#include "core/buildkit/grpc.h"

#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/protobuf.h"

enum { PREFIX_BYTES = OS2_GRPC_PREFIX };
/* The requests served here hold a host name or a number; more than this is no honest one. Metadata
   hold the paths that a build wants: this many bytes are kept of all calls together. */
enum { MAX_REQUEST_BYTES = 64 * 1024, MAX_CALLS = 100, MAX_METADATA_BYTES = 4 * 1024 * 1024 };
/* Frames that wait because the client takes none. */
enum { MAX_FRAMES = 10000 };

/* One stream, which is one call. */
typedef struct call {
  struct call *next, *previous;
  int32_t id;
  const os2_grpc_method *method; /* NULL: not served */
  bool is_answered;
  bool is_open; /* a stream that was accepted */
  bool is_deferred;
  char *metadata; /* of a stream: names and values, each with its NUL */
  size_t metadata_len, metadata_count;
  char *request;
  size_t request_len;
  char *reply; /* including its prefix */
  size_t reply_len;
  size_t reply_sent;
} call;

struct os2_grpc {
  nghttp2_session *h2;
  const os2_grpc_service *service;
  void *arg;
  call *calls;
  size_t metadata_len; /* of all calls */
};

const char *os2_grpc_library_version(void) { return nghttp2_version(0)->version_str; }

static call *grpc_find_call(os2_grpc *grpc, int32_t id) {
  return nghttp2_session_get_stream_user_data(grpc->h2, id);
}

/* Frees a call. Its reply is wiped, because it may hold a secret. */
static void grpc_free_call(call *c) {
  if (c->reply != NULL) explicit_bzero(c->reply, c->reply_len);
  if (c->request != NULL) explicit_bzero(c->request, c->request_len);
  free(c->reply);
  free(c->request);
  free(c->metadata);
  free(c);
}

static void grpc_drop_metadata(os2_grpc *grpc, call *c) {
  grpc->metadata_len -= c->metadata_len;
  free(c->metadata);
  c->metadata = NULL;
  c->metadata_len = c->metadata_count = 0;
}

static void grpc_forget_call(os2_grpc *grpc, call *c) {
  if (c->next != NULL) c->next->previous = c->previous;
  if (c->previous != NULL)
    c->previous->next = c->next;
  else
    grpc->calls = c->next;
  grpc_drop_metadata(grpc, c);
  if (c->is_open) grpc->service->closed(grpc->arg, c->id);
  grpc_free_call(c);
}

static nghttp2_nv grpc_header(const char *name, const char *value) {
  return (nghttp2_nv){(uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value, strlen(name),
                      strlen(value), NGHTTP2_NV_FLAG_NONE};
}

/* Sends a "trailers-only" answer: a single HEADERS frame holds the headers and the status. */
static void grpc_refuse_call(os2_grpc *grpc, call *c, int status) {
  char number[16];
  snprintf(number, sizeof number, "%d", status);
  nghttp2_nv headers[] = {grpc_header(":status", "200"),
                          grpc_header("content-type", "application/grpc"),
                          grpc_header("grpc-status", number)};
  c->is_answered = true;
  nghttp2_submit_response(grpc->h2, c->id, headers, sizeof headers / sizeof *headers, NULL);
}

void os2_grpc_refuse(os2_grpc *grpc, int32_t id, int status) {
  call *c = grpc_find_call(grpc, id);
  if (c != NULL && !c->is_answered) grpc_refuse_call(grpc, c, status);
}

/* Gives nghttp2 the bytes of the reply. After the last one it adds the trailers, which carry the
   status. */
static ssize_t grpc_read_reply(nghttp2_session *h2, int32_t id, uint8_t *out, size_t room,
                               uint32_t *flags, nghttp2_data_source *source, void *arg) {
  (void)arg;
  call *c = source->ptr;
  size_t left = c->reply_len - c->reply_sent;
  size_t n = left < room ? left : room;
  memcpy(out, c->reply + c->reply_sent, n);
  c->reply_sent += n;
  if (n == left) {
    nghttp2_nv trailer = grpc_header("grpc-status", "0");
    *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
    if (nghttp2_submit_trailer(h2, id, &trailer, 1) != 0) return NGHTTP2_ERR_CALLBACK_FAILURE;
  }
  return (ssize_t)n;
}

/* Every message on the wire stands behind {compressed: u8, length: big-endian u32}. */
char *os2_grpc_write_prefix(char *out, size_t len) {
  *out++ = 0;
  for (int i = 0; i < 4; i++) *out++ = (char)(len >> (24 - 8 * i) & 0xff);
  return out;
}

static void grpc_set_reply(call *c, const char *message, size_t len) {
  c->reply_len = PREFIX_BYTES + len;
  c->reply = os2_mem_resize(NULL, c->reply_len, 1);
  char *at = os2_grpc_write_prefix(c->reply, len);
  if (len > 0) memcpy(at, message, len);
}

void os2_grpc_reply(os2_grpc *grpc, int32_t id, const char *message, size_t len) {
  call *c = grpc_find_call(grpc, id);
  if (c == NULL || c->is_answered || c->is_open) return;
  nghttp2_nv headers[] = {grpc_header(":status", "200"),
                          grpc_header("content-type", "application/grpc")};
  nghttp2_data_provider provider = {.source.ptr = c, .read_callback = grpc_read_reply};
  c->is_answered = true;
  grpc_set_reply(c, message, len);
  nghttp2_submit_response(grpc->h2, id, headers, sizeof headers / sizeof *headers, &provider);
}

/* ---- streams ---- */

static ssize_t grpc_read_stream(nghttp2_session *h2, int32_t id, uint8_t *out, size_t room,
                                uint32_t *flags, nghttp2_data_source *source, void *arg) {
  os2_grpc *grpc = arg;
  call *c = source->ptr;
  ptrdiff_t n = grpc->service->wanted(grpc->arg, id, (char *)out, room);
  c->is_deferred = n == OS2_GRPC_LATER;
  if (c->is_deferred) return NGHTTP2_ERR_DEFERRED;
  if (n > 0) return n;
  nghttp2_nv trailer = grpc_header("grpc-status", "0");
  *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
  return nghttp2_submit_trailer(h2, id, &trailer, 1) == 0 ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE;
}

void os2_grpc_resume(os2_grpc *grpc, int32_t id) {
  call *c = grpc_find_call(grpc, id);
  if (c != NULL && c->is_deferred) nghttp2_session_resume_data(grpc->h2, id);
}

bool os2_grpc_is_flooded(os2_grpc *grpc) {
  return nghttp2_session_get_outbound_queue_size(grpc->h2) > MAX_FRAMES;
}

/* The packed names and values as a list, made by malloc. */
static os2_grpc_metadata *grpc_list_metadata(const call *c) {
  os2_grpc_metadata *list = os2_mem_zero(c->metadata_count, sizeof *list);
  const char *at = c->metadata;
  for (size_t i = 0; i < c->metadata_count; i++) {
    list[i].name = at;
    list[i].value = at + strlen(at) + 1;
    at = list[i].value + strlen(list[i].value) + 1;
  }
  return list;
}

static void grpc_open_stream(os2_grpc *grpc, call *c) {
  os2_grpc_metadata *list = grpc_list_metadata(c);
  int status = grpc->service->opened(grpc->arg, c->id, c->method->path, list, c->metadata_count);
  free(list);
  grpc_drop_metadata(grpc, c);
  if (status != OS2_GRPC_OK) {
    grpc_refuse_call(grpc, c, status);
    return;
  }
  nghttp2_nv headers[] = {grpc_header(":status", "200"),
                          grpc_header("content-type", "application/grpc")};
  nghttp2_data_provider provider = {.source.ptr = c, .read_callback = grpc_read_stream};
  c->is_open = true;
  nghttp2_submit_response(grpc->h2, c->id, headers, sizeof headers / sizeof *headers, &provider);
}

static void grpc_keep_metadata(os2_grpc *grpc, call *c, os2_text name, os2_text value) {
  size_t len = name.len + value.len + 2;
  if (grpc->metadata_len + len > MAX_METADATA_BYTES) {
    grpc_refuse_call(grpc, c, OS2_GRPC_RESOURCE_EXHAUSTED);
    return;
  }
  c->metadata = os2_mem_resize(c->metadata, c->metadata_len + len, 1);
  char *at = c->metadata + c->metadata_len;
  memcpy(at, name.bytes, name.len);
  at[name.len] = '\0';
  if (value.len > 0) memcpy(at + name.len + 1, value.bytes, value.len);
  at[len - 1] = '\0';
  c->metadata_len += len;
  grpc->metadata_len += len;
  c->metadata_count++;
}

static size_t grpc_message_size(const char *at) {
  size_t len = 0;
  for (int i = 1; i < PREFIX_BYTES; i++) len = len << 8 | (uint8_t)at[i];
  return len;
}

/* Hands on the whole messages that have come of a stream. */
static void grpc_take_messages(os2_grpc *grpc, call *c) {
  size_t done = 0;
  while (c->request_len - done >= PREFIX_BYTES) {
    const char *at = c->request + done;
    size_t len = grpc_message_size(at);
    if (at[0] != 0 || len > MAX_REQUEST_BYTES) {
      nghttp2_submit_rst_stream(grpc->h2, NGHTTP2_FLAG_NONE, c->id, NGHTTP2_PROTOCOL_ERROR);
      done = c->request_len;
      break;
    }
    if (c->request_len - done - PREFIX_BYTES < len) break;
    grpc->service->received(grpc->arg, c->id, at + PREFIX_BYTES, len);
    done += PREFIX_BYTES + len;
  }
  c->request_len -= done;
  if (done > 0 && c->request_len > 0) memmove(c->request, c->request + done, c->request_len);
}

/* ---- calls ---- */

static int grpc_on_begin_headers(nghttp2_session *h2, const nghttp2_frame *frame, void *arg) {
  os2_grpc *grpc = arg;
  if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
  call *c = os2_mem_zero(1, sizeof *c);
  c->id = frame->hd.stream_id;
  c->next = grpc->calls;
  if (c->next != NULL) c->next->previous = c;
  grpc->calls = c;
  return nghttp2_session_set_stream_user_data(h2, c->id, c);
}

static const os2_grpc_method *grpc_find_method(const os2_grpc *grpc, os2_text path) {
  for (const os2_grpc_method *m = grpc->service->methods; m->path != NULL; m++)
    if (strlen(m->path) == path.len && memcmp(m->path, path.bytes, path.len) == 0) return m;
  return NULL;
}

static int grpc_on_header(nghttp2_session *h2, const nghttp2_frame *frame, const uint8_t *name,
                          size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
                          void *arg) {
  (void)h2;
  (void)flags;
  os2_grpc *grpc = arg;
  call *c = grpc_find_call(grpc, frame->hd.stream_id);
  os2_text text = {(const char *)value, value_len};
  if (c == NULL || c->is_answered || c->is_open) return 0;
  if (name_len == 5 && memcmp(name, ":path", 5) == 0)
    c->method = grpc_find_method(grpc, text);
  else if (c->method != NULL && c->method->is_stream)
    grpc_keep_metadata(grpc, c, (os2_text){(const char *)name, name_len}, text);
  return 0;
}

static int grpc_on_data(nghttp2_session *h2, uint8_t flags, int32_t id, const uint8_t *bytes,
                        size_t len, void *arg) {
  (void)h2;
  (void)flags;
  os2_grpc *grpc = arg;
  call *c = grpc_find_call(grpc, id);
  if (c == NULL || c->is_answered) return 0;
  if (!c->is_open && c->request_len + len > MAX_REQUEST_BYTES) {
    grpc_refuse_call(grpc, c, OS2_GRPC_INVALID_ARGUMENT);
    return 0;
  }
  c->request = os2_mem_resize(c->request, c->request_len + len, 1);
  memcpy(c->request + c->request_len, bytes, len);
  c->request_len += len;
  if (c->is_open) grpc_take_messages(grpc, c);
  return 0;
}

/* Returns true when the request is one complete, uncompressed message. */
static bool grpc_is_whole(const call *c) {
  if (c->request_len < PREFIX_BYTES || c->request[0] != 0) return false;
  return grpc_message_size(c->request) == c->request_len - PREFIX_BYTES;
}

static void grpc_finish_request(os2_grpc *grpc, call *c) {
  if (grpc_is_whole(c))
    grpc->service->called(grpc->arg, c->id, c->method->path, c->request + PREFIX_BYTES,
                          c->request_len - PREFIX_BYTES);
  else
    grpc_refuse_call(grpc, c, OS2_GRPC_INVALID_ARGUMENT);
}

static int grpc_on_frame(nghttp2_session *h2, const nghttp2_frame *frame, void *arg) {
  (void)h2;
  os2_grpc *grpc = arg;
  if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
  call *c = grpc_find_call(grpc, frame->hd.stream_id);
  if (c == NULL || c->is_answered) return 0;
  bool is_end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  if (c->method == NULL) {
    grpc_refuse_call(grpc, c, OS2_GRPC_UNIMPLEMENTED);
    return 0;
  }
  if (c->method->is_stream && !c->is_open) grpc_open_stream(grpc, c);
  if (!is_end) return 0;
  if (c->is_open)
    grpc->service->received(grpc->arg, c->id, NULL, 0);
  else if (!c->is_answered)
    grpc_finish_request(grpc, c);
  return 0;
}

static int grpc_on_stream_close(nghttp2_session *h2, int32_t id, uint32_t error_code, void *arg) {
  (void)h2;
  (void)error_code;
  os2_grpc *grpc = arg;
  call *c = grpc_find_call(grpc, id);
  if (c != NULL) grpc_forget_call(grpc, c);
  return 0;
}

static nghttp2_session *grpc_new_session(os2_grpc *grpc) {
  nghttp2_session_callbacks *callbacks;
  nghttp2_session *h2 = NULL;
  if (nghttp2_session_callbacks_new(&callbacks) != 0) return NULL;
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, grpc_on_begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, grpc_on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, grpc_on_data);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, grpc_on_frame);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, grpc_on_stream_close);
  nghttp2_session_server_new(&h2, callbacks, grpc);
  nghttp2_session_callbacks_del(callbacks);
  return h2;
}

/* Announces how many calls may be open at the same time; without a limit their memory would be
   unbounded. */
static int grpc_submit_settings(nghttp2_session *h2) {
  const nghttp2_settings_entry limit = {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, MAX_CALLS};
  return nghttp2_submit_settings(h2, NGHTTP2_FLAG_NONE, &limit, 1);
}

os2_grpc *os2_grpc_new(const os2_grpc_service *service, void *arg) {
  os2_grpc *grpc = os2_mem_zero(1, sizeof *grpc);
  grpc->service = service;
  grpc->arg = arg;
  grpc->h2 = os2_mem_check(grpc_new_session(grpc));
  if (grpc_submit_settings(grpc->h2) != 0) os2_mem_fail();
  return grpc;
}

int os2_grpc_feed(os2_grpc *grpc, const char *bytes, size_t len, os2_err *err) {
  ssize_t n = nghttp2_session_mem_recv(grpc->h2, (const uint8_t *)bytes, len);
  if (n >= 0) return 0;
  return os2_fail(err, OS2_PROTOCOL, "not HTTP/2: %s", nghttp2_strerror((int)n));
}

ptrdiff_t os2_grpc_take(os2_grpc *grpc, const char **bytes, os2_err *err) {
  const uint8_t *data = NULL;
  ssize_t n = nghttp2_session_mem_send(grpc->h2, &data);
  *bytes = (const char *)data;
  if (n < 0) return os2_fail(err, OS2_PROTOCOL, "HTTP/2: %s", nghttp2_strerror((int)n));
  return n;
}

void os2_grpc_free(os2_grpc *grpc) {
  nghttp2_session_del(grpc->h2);
  for (call *c = grpc->calls, *next; c != NULL; c = next) {
    next = c->next;
    if (c->is_open) grpc->service->closed(grpc->arg, c->id);
    grpc_free_call(c);
  }
  free(grpc);
}
