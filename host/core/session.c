/* session: BuildKit's session, in which the engine asks its client questions during a build. */
#include "core/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "core/grpc.h"
#include "core/mem.h"
#include "core/protobuf.h"

enum { HEAD_LIMIT = 8 * 1024, READ_SIZE = 16 * 1024 };

static const char CREDENTIALS[] = "/moby.filesync.v1.Auth/Credentials";
static const char HEALTH[] = "/grpc.health.v1.Health/Check";
static const char *const METHODS[] = {CREDENTIALS, HEALTH, NULL};

typedef struct session {
  os2_op op;
  uv_pipe_t pipe;
  uv_connect_t connect;
  os2_grpc *grpc;
  bool is_upgraded;
  bool is_feeding; /* inside os2_grpc_feed, which must not be asked for bytes */
  bool is_stopped;
  size_t head_len;
  char head[HEAD_LIMIT]; /* the request until it is written, then the answer's head */
  char input[READ_SIZE];
} session;

typedef struct outgoing {
  uv_write_t request;
  size_t len;
  char bytes[];
} outgoing;

static void on_closed(uv_handle_t *handle) {
  session *s = handle->data;
  os2_op_release(&s->op);
}

static void stop(session *s) {
  if (s->is_stopped) return;
  s->is_stopped = true;
  uv_close((uv_handle_t *)&s->pipe, on_closed);
}

static void end(session *s, const os2_err *err) {
  if (s->is_stopped) return;
  stop(s);
  os2_op_finish(&s->op, err);
}

static void on_written(uv_write_t *request, int status) {
  outgoing *out = (outgoing *)request;
  session *s = request->handle->data;
  explicit_bzero(out->bytes, out->len); /* it may hold a secret */
  free(out);
  if (status >= 0 || status == UV_ECANCELED) return;
  os2_err err;
  os2_fail_uv(&err, status, "the session with the engine was lost");
  end(s, &err);
}

static void send_bytes(session *s, const char *bytes, size_t len) {
  outgoing *out = os2_mem_resize(NULL, sizeof *out + len, 1);
  out->len = len;
  memcpy(out->bytes, bytes, len);
  uv_buf_t buffer = uv_buf_init(out->bytes, (unsigned)len);
  int rc = uv_write(&out->request, (uv_stream_t *)&s->pipe, &buffer, 1, on_written);
  if (rc == 0) return;
  out->request.handle = (uv_stream_t *)&s->pipe;
  on_written(&out->request, rc);
}

/* Sends what the gRPC server has to say. */
static void flush(session *s) {
  os2_err err;
  const char *bytes;
  ptrdiff_t n = 0;
  if (s->is_feeding) return;
  while (!s->is_stopped && (n = os2_grpc_take(s->grpc, &bytes, &err)) > 0)
    send_bytes(s, bytes, (size_t)n);
  if (n < 0) end(s, &err);
}

static void feed(session *s, const char *bytes, size_t len) {
  os2_err err;
  s->is_feeding = true;
  int rc = os2_grpc_feed(s->grpc, bytes, len, &err);
  s->is_feeding = false;
  if (rc != 0)
    end(s, &err);
  else
    flush(s);
}

/* Ends the session with the status line of an answer that is no upgrade. */
static void refuse_upgrade(session *s) {
  os2_err err;
  s->head[strcspn(s->head, "\r\n")] = '\0';
  os2_fail(&err, OS2_PROTOCOL, "the engine opens no build session: %s", s->head);
  bool is_http = strncmp(s->head, "HTTP/1.", 7) == 0;
  err.status = is_http ? (int)strtol(s->head + strcspn(s->head, " "), NULL, 10) : 0;
  end(s, &err);
}

/* Collects the answer to the upgrade; what follows its head is HTTP/2 already. */
static void read_head(session *s, const char *bytes, size_t len) {
  size_t room = sizeof s->head - 1 - s->head_len;
  size_t n = len < room ? len : room;
  size_t before = s->head_len;
  memcpy(s->head + before, bytes, n);
  s->head_len += n;
  s->head[s->head_len] = '\0';
  const char *head_end = strstr(s->head, "\r\n\r\n");
  if (head_end == NULL) {
    if (n == room) refuse_upgrade(s);
    return;
  }
  if (strncmp(s->head, "HTTP/1.1 101", 12) != 0) {
    refuse_upgrade(s);
    return;
  }
  size_t taken = (size_t)(head_end + 4 - s->head) - before;
  s->is_upgraded = true;
  os2_op_push(&s->op, OS2_SESSION_READY, NULL, 0);
  if (!s->is_stopped) feed(s, bytes + taken, len - taken);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
  (void)suggested;
  session *s = handle->data;
  *buffer = uv_buf_init(s->input, sizeof s->input);
}

static void on_end(session *s, int code) {
  os2_err err;
  if (code == UV_EOF && s->is_upgraded) {
    end(s, NULL);
    return;
  }
  if (code == UV_EOF)
    os2_fail(&err, OS2_NETWORK, "the engine hung up before it opened a build session");
  else
    os2_fail_uv(&err, code, "the session with the engine was lost");
  end(s, &err);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer) {
  session *s = stream->data;
  if (n < 0)
    on_end(s, (int)n);
  else if (s->is_upgraded)
    feed(s, buffer->base, (size_t)n);
  else
    read_head(s, buffer->base, (size_t)n);
}

static void on_connected(uv_connect_t *connect, int status) {
  session *s = connect->data;
  if (status == UV_ECANCELED) return;
  if (status == 0) {
    send_bytes(s, s->head, strlen(s->head));
    s->head[0] = '\0';
    if (!s->is_stopped) status = uv_read_start((uv_stream_t *)&s->pipe, on_alloc, on_read);
  }
  if (status >= 0) return;
  os2_err err;
  os2_fail_uv(&err, status, "cannot connect to the engine");
  if (err.kind != OS2_DENIED) err.kind = OS2_UNAVAILABLE;
  end(s, &err);
}

/* CredentialsRequest {1: Host}. */
static void ask_credentials(session *s, int32_t id, const char *message, size_t len) {
  os2_pb_cursor cursor = os2_pb_open((os2_text){message, len});
  os2_pb_field field;
  os2_text host = {0};
  int rc;
  while ((rc = os2_pb_next(&cursor, &field)) > 0)
    if (field.number == 1) host = field.text;
  if (rc < 0 || host.len == 0) {
    os2_grpc_refuse(s->grpc, id, OS2_GRPC_INVALID_ARGUMENT);
    return;
  }
  char *question = os2_mem_resize(NULL, sizeof id + host.len, 1);
  memcpy(question, &id, sizeof id);
  memcpy(question + sizeof id, host.bytes, host.len);
  os2_op_push(&s->op, OS2_SESSION_CREDENTIALS, question, sizeof id + host.len);
  free(question);
}

static void on_call(void *arg, int32_t id, const char *method, const char *message, size_t len) {
  static const char serving[] = {0x08, 0x01}; /* HealthCheckResponse {1: SERVING} */
  session *s = arg;
  if (method == HEALTH)
    os2_grpc_reply(s->grpc, id, serving, sizeof serving);
  else
    ask_credentials(s, id, message, len);
}

static void cancel(os2_op *op) { stop((session *)op); }

static void destroy(os2_op *op) {
  session *s = (session *)op;
  os2_grpc_free(s->grpc);
  free(s);
}

static const os2_op_class CLASS = {"docker.session", cancel, NULL, destroy};

/* Writes the upgrade request; -1 when it does not fit. */
static int write_request(session *s, const os2_session_request *request) {
  int n = snprintf(s->head, sizeof s->head,
                   "POST %s HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
                   "Content-Length: 0\r\nX-Docker-Expose-Session-Uuid: %s\r\n"
                   "X-Docker-Expose-Session-Name: os2\r\nX-Docker-Expose-Session-Sharedkey: \r\n"
                   "X-Docker-Expose-Session-Grpc-Method: %s\r\n"
                   "X-Docker-Expose-Session-Grpc-Method: %s\r\n\r\n",
                   request->path, request->id, CREDENTIALS, HEALTH);
  return n < 0 || (size_t)n >= sizeof s->head ? -1 : 0;
}

static int check_request(const os2_session_request *request, os2_err *err) {
  size_t limit = sizeof((struct sockaddr_un *)0)->sun_path;
  if (strlen(request->unix_socket) < limit) return 0;
  return os2_fail(err, OS2_INVALID, "the engine's socket path %s is too long: at most %zu bytes",
                  request->unix_socket, limit - 1);
}

os2_op *os2_session_start(os2_loop *loop, const os2_session_request *request, os2_err *err) {
  if (check_request(request, err) != 0) return NULL;
  session *s = os2_mem_zero(1, sizeof *s);
  if (write_request(s, request) != 0) {
    free(s);
    os2_fail(err, OS2_INVALID, "the session's id or path is too long");
    return NULL;
  }
  os2_op_init(&s->op, loop, &CLASS);
  s->grpc = os2_grpc_new(METHODS, on_call, s);
  s->pipe.data = s;
  s->connect.data = s;
  uv_pipe_init(&loop->uv, &s->pipe, 0);
  uv_pipe_connect(&s->connect, &s->pipe, request->unix_socket, on_connected);
  return &s->op;
}

void os2_session_read_question(const os2_event *event, int32_t *id, const char **host) {
  memcpy(id, event->data, sizeof *id);
  *host = event->data + sizeof *id;
}

void os2_session_answer(os2_op *op, int32_t id, const char *username, const char *secret) {
  session *s = (session *)op;
  if (s->is_stopped) return;
  size_t name_len = strlen(username), secret_len = strlen(secret);
  size_t len = os2_pb_text_size(1, name_len) + os2_pb_text_size(2, secret_len);
  char *message = os2_mem_resize(NULL, len, 1);
  char *at = os2_pb_write_text(message, 1, username, name_len);
  os2_pb_write_text(at, 2, secret, secret_len);
  os2_grpc_reply(s->grpc, id, message, len);
  explicit_bzero(message, len);
  free(message);
  flush(s);
}
