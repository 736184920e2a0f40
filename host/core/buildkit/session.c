/* session: BuildKit's session, in which the engine asks its client questions during a build. */
#include "core/buildkit/session.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/protobuf.h"
#include "core/buildkit/grpc.h"
#include "core/http/wire.h"

enum { HEAD_LIMIT_BYTES = 8 * 1024 };
/* Bytes of answers that the engine has not read yet. Above this limit the session fails: the engine
   reads nothing any more. */
enum { ANSWERS_LIMIT_BYTES = 1024 * 1024 };

static const char CREDENTIALS[] = "/moby.filesync.v1.Auth/Credentials";
static const char HEALTH[] = "/grpc.health.v1.Health/Check";
static const char *const METHODS[] = {CREDENTIALS, HEALTH, NULL};

typedef struct session {
  os2_op op;
  os2_wire *wire;
  os2_grpc *grpc;
  bool is_upgraded;
  bool is_feeding; /* inside os2_grpc_feed, during which os2_grpc_take must not be called */
  bool is_stopped;
  size_t head_len;
  char head[HEAD_LIMIT_BYTES]; /* holds the request until it is written, then the head of the answer
                                */
} session;

static void session_on_closed(void *arg) {
  session *s = arg;
  os2_op_release(&s->op);
}

static void session_stop(session *s) {
  if (s->is_stopped) return;
  s->is_stopped = true;
  os2_wire_close(s->wire);
}

static void session_end(session *s, const os2_err *err) {
  if (s->is_stopped) return;
  session_stop(s);
  os2_op_finish(&s->op, err);
}

static void session_check_answers(session *s) {
  os2_err err;
  if (s->is_stopped || os2_wire_queued(s->wire) <= ANSWERS_LIMIT_BYTES) return;
  os2_fail(&err, OS2_PROTOCOL, "the engine asks in its build session but reads no answer");
  session_end(s, &err);
}

/* Sends the bytes that the gRPC server has for the client. */
static void session_flush(session *s) {
  os2_err err;
  const char *bytes;
  ptrdiff_t n = 0;
  if (s->is_feeding) return;
  while (!s->is_stopped && (n = os2_grpc_take(s->grpc, &bytes, &err)) > 0)
    os2_wire_send(s->wire, bytes, (size_t)n);
  if (n < 0)
    session_end(s, &err);
  else
    session_check_answers(s);
}

static void session_feed(session *s, const char *bytes, size_t len) {
  os2_err err;
  s->is_feeding = true;
  int rc = os2_grpc_feed(s->grpc, bytes, len, &err);
  s->is_feeding = false;
  if (rc != 0)
    session_end(s, &err);
  else
    session_flush(s);
}

/* Ends the session with an error that quotes the status line of an answer other than the
   upgrade. */
static void session_refuse_upgrade(session *s) {
  os2_err err;
  s->head[strcspn(s->head, "\r\n")] = '\0';
  os2_fail(&err, OS2_PROTOCOL, "the engine refuses a build session: %s", s->head);
  bool is_http = strncmp(s->head, "HTTP/1.", 7) == 0;
  err.status = is_http ? (int)strtol(s->head + strcspn(s->head, " "), NULL, 10) : 0;
  session_end(s, &err);
}

/* Collects the head of the answer to the upgrade. The bytes after the head are HTTP/2 already. */
static void session_read_head(session *s, const char *bytes, size_t len) {
  size_t room = sizeof s->head - 1 - s->head_len;
  size_t n = len < room ? len : room;
  size_t before = s->head_len;
  memcpy(s->head + before, bytes, n);
  s->head_len += n;
  s->head[s->head_len] = '\0';
  const char *head_end = strstr(s->head, "\r\n\r\n");
  if (head_end == NULL) {
    if (n == room) session_refuse_upgrade(s);
    return;
  }
  if (strncmp(s->head, "HTTP/1.1 101", 12) != 0) {
    session_refuse_upgrade(s);
    return;
  }
  size_t taken = (size_t)(head_end + 4 - s->head) - before;
  s->is_upgraded = true;
  os2_op_push(&s->op, OS2_SESSION_READY, NULL, 0);
  if (!s->is_stopped) session_feed(s, bytes + taken, len - taken);
}

static void session_on_received(void *arg, const char *bytes, size_t len) {
  session *s = arg;
  if (s->is_stopped) return;
  if (s->is_upgraded)
    session_feed(s, bytes, len);
  else
    session_read_head(s, bytes, len);
}

static void session_on_ended(void *arg, const os2_err *cause) {
  session *s = arg;
  os2_err err = *cause;
  if (err.kind == OS2_OK && !s->is_upgraded)
    os2_fail(&err, OS2_NETWORK, "the engine hung up before it opened a build session");
  session_end(s, &err);
}

static void session_on_connected(void *arg) {
  session *s = arg;
  os2_wire_send(s->wire, s->head, strlen(s->head));
  explicit_bzero(s->head, sizeof s->head); /* a header may carry credentials */
}

static const os2_wire_events WIRE_EVENTS = {session_on_connected, session_on_received,
                                            session_on_ended, session_on_closed};

/* Decodes a CredentialsRequest {1: Host} and pushes the event. */
static void session_ask_credentials(session *s, int32_t id, const char *message, size_t len) {
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

static void session_on_call(void *arg, int32_t id, const char *method, const char *message,
                            size_t len) {
  static const char serving[] = {0x08, 0x01}; /* HealthCheckResponse {1: SERVING} */
  session *s = arg;
  if (method == HEALTH)
    os2_grpc_reply(s->grpc, id, serving, sizeof serving);
  else
    session_ask_credentials(s, id, message, len);
}

static void session_cancel(os2_op *op) { session_stop((session *)op); }

static void session_destroy(os2_op *op) {
  session *s = (session *)op;
  os2_grpc_free(s->grpc);
  free(s);
}

static const os2_op_class CLASS = {"docker.session", session_cancel, NULL, session_destroy};

/* Returns path and query of a URL. */
static const char *session_target_of(const char *url) {
  const char *host = strstr(url, "://");
  const char *target = strchr(host != NULL ? host + 3 : url, '/');
  return target != NULL ? target : "/";
}

/* Appends to the request. The first piece that does not fit ends it. */
static void session_append(session *s, const char *text) {
  size_t len = strlen(text), room = sizeof s->head - s->head_len;
  if (len < room) memcpy(s->head + s->head_len, text, len + 1);
  s->head_len += len < room ? len : room;
}

static void session_append_header(session *s, const char *name, const char *value) {
  session_append(s, name);
  session_append(s, value);
  session_append(s, "\r\n");
}

/* Writes the upgrade request. Returns -1 when it does not fit. */
static int session_write_request(session *s, const os2_session_request *request) {
  session_append(s, "POST ");
  session_append(s, session_target_of(request->url));
  session_append(s, " HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
                    "Content-Length: 0\r\n");
  session_append_header(s, "X-Docker-Expose-Session-Uuid: ", request->id);
  session_append(s, "X-Docker-Expose-Session-Name: os2\r\nX-Docker-Expose-Session-Sharedkey: \r\n");
  for (const char *const *method = METHODS; *method != NULL; method++)
    session_append_header(s, "X-Docker-Expose-Session-Grpc-Method: ", *method);
  for (const char *const *header = request->headers; header != NULL && *header != NULL; header++)
    session_append_header(s, "", *header);
  session_append(s, "\r\n");
  bool is_whole = s->head_len < sizeof s->head;
  s->head_len = 0;
  return is_whole ? 0 : -1;
}

static int session_start(session *s, os2_loop *loop, const os2_session_request *request,
                         os2_err *err) {
  if (session_write_request(s, request) != 0)
    return os2_fail(err, OS2_INVALID, "the session's id, path and headers are too long");
  s->wire = os2_wire_open(loop, request->url, &request->route, &WIRE_EVENTS, s, err);
  return s->wire != NULL ? 0 : -1;
}

os2_op *os2_session_start(os2_loop *loop, const os2_session_request *request, os2_err *err) {
  session *s = os2_mem_zero(1, sizeof *s);
  if (session_start(s, loop, request, err) != 0) {
    free(s);
    return NULL;
  }
  os2_op_init(&s->op, loop, &CLASS);
  s->grpc = os2_grpc_new(METHODS, session_on_call, s);
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
  session_flush(s);
}
