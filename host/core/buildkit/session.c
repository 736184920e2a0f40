/* session: BuildKit's session, in which the engine asks its client questions during a build. */
#include "core/buildkit/session.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/protobuf.h"
#include "core/buildkit/filesync_calls.h"
#include "core/buildkit/grpc.h"
#include "core/buildkit/session_head.h"
#include "core/http/wire.h"

enum { HEAD_LIMIT_BYTES = 8 * 1024 };
/* What waits for the engine to take it: no more is asked for above that. It is handed on in pieces
   of that size at the most. */
enum { WAITING_LIMIT_BYTES = 512 * 1024, PIECE_BYTES = 64 * 1024 };
/* Contents of files between two SENT events. */
enum { SENT_STEP_BYTES = 4 * 1024 * 1024 };

static const char CREDENTIALS[] = "/moby.filesync.v1.Auth/Credentials";
static const char HEALTH[] = "/grpc.health.v1.Health/Check";
static const char FILES[] = "/moby.filesync.v1.FileSync/DiffCopy";
static const char SECRET[] = "/moby.buildkit.secrets.v1.Secrets/GetSecret";
static const char CHECK_AGENT[] = "/moby.sshforward.v1.SSH/CheckAgent";
static const char FORWARD_AGENT[] = "/moby.sshforward.v1.SSH/ForwardAgent";
enum { METHODS = 6 };

typedef struct session {
  os2_op op;
  os2_wire *wire;
  os2_grpc *grpc;
  os2_grpc_method methods[METHODS + 1]; /* those that are served */
  os2_grpc_service service;
  os2_filesync_calls *files; /* NULL: none are served */
  os2_ssh_forward *agents;   /* NULL: none are forwarded */
  uint64_t sent_told;        /* bytes, with the last SENT event */
  bool is_upgraded;
  bool is_feeding; /* inside os2_grpc_feed, during which os2_grpc_take must not be called */
  bool is_stopped;
  size_t head_len;
  char head[HEAD_LIMIT_BYTES]; /* the request until it is written, then the answer's head */
  size_t piece_len;
  char piece[PIECE_BYTES]; /* gathered, to be sent at once */
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
  if (s->is_stopped || !os2_grpc_is_flooded(s->grpc)) return;
  os2_fail(&err, OS2_PROTOCOL, "the engine asks in its build session but reads no answer");
  session_end(s, &err);
}

static void session_send_piece(session *s) {
  if (s->piece_len > 0) os2_wire_send(s->wire, s->piece, s->piece_len);
  explicit_bzero(s->piece, s->piece_len); /* an answer may hold a secret */
  s->piece_len = 0;
}

static void session_gather(session *s, const char *bytes, size_t len) {
  if (s->piece_len + len > sizeof s->piece) session_send_piece(s);
  if (len > sizeof s->piece) {
    os2_wire_send(s->wire, bytes, len);
    return;
  }
  memcpy(s->piece + s->piece_len, bytes, len);
  s->piece_len += len;
}

/* Sends what the gRPC server has to say, as far as the engine takes it. */
static void session_flush(session *s) {
  os2_err err;
  const char *bytes;
  ptrdiff_t n = 0;
  if (s->is_feeding || s->is_stopped || !s->is_upgraded) return;
  s->is_feeding = true; /* what `wanted` wakes must not flush in here */
  while (os2_wire_queued(s->wire) < WAITING_LIMIT_BYTES &&
         (n = os2_grpc_take(s->grpc, &bytes, &err)) > 0)
    session_gather(s, bytes, (size_t)n);
  s->is_feeding = false;
  session_send_piece(s);
  if (n < 0)
    session_end(s, &err);
  else
    session_check_answers(s);
}

/* ---- files ---- */

static void session_tell_sent(session *s, bool is_end) {
  uint64_t sent = os2_filesync_calls_count(s->files).bytes;
  if (sent - s->sent_told < SENT_STEP_BYTES && !(is_end && sent > s->sent_told)) return;
  s->sent_told = sent;
  os2_op_push(&s->op, OS2_SESSION_SENT, NULL, 0);
}

/* A transfer has bytes for the engine, or is over. One that failed is the end of the session: the
   build cannot go on, and the reason is here. */
static void session_on_news(void *arg, int32_t id) {
  session *s = arg;
  os2_filesync *sync = os2_filesync_calls_find(s->files, id);
  if (s->is_stopped || sync == NULL) return;
  bool is_over = os2_filesync_is_over(sync);
  if (is_over && os2_filesync_failure(sync)->kind != OS2_OK) {
    os2_err err = *os2_filesync_failure(sync);
    session_end(s, &err);
    return;
  }
  session_tell_sent(s, is_over);
  os2_grpc_resume(s->grpc, id);
  session_flush(s);
}

/* ---- streams ---- */

static void session_on_agent(void *arg, int32_t id) {
  session *s = arg;
  if (s->is_stopped) return;
  os2_grpc_resume(s->grpc, id);
  session_flush(s);
}

static bool session_is_agent(const session *s, int32_t id) {
  return s->agents != NULL && os2_ssh_forward_owns(s->agents, id);
}

static int session_on_opened(void *arg, int32_t id, const char *method,
                             const os2_grpc_metadata *metadata, size_t count) {
  session *s = arg;
  if (method == FILES) return os2_filesync_calls_open(s->files, id, metadata, count);
  return os2_ssh_forward_open(s->agents, id, metadata, count);
}

static void session_on_message(void *arg, int32_t id, const char *message, size_t len) {
  session *s = arg;
  os2_err err;
  if (session_is_agent(s, id)) {
    os2_ssh_forward_receive(s->agents, id, message, len);
    return;
  }
  os2_filesync *sync = os2_filesync_calls_find(s->files, id);
  if (!s->is_stopped && sync != NULL && os2_filesync_receive(sync, message, len, &err) != 0)
    session_end(s, &err);
  else
    os2_grpc_resume(s->grpc, id);
}

static ptrdiff_t session_on_wanted(void *arg, int32_t id, char *buffer, size_t room) {
  session *s = arg;
  if (session_is_agent(s, id)) return os2_ssh_forward_read(s->agents, id, buffer, room);
  os2_filesync *sync = s->files != NULL ? os2_filesync_calls_find(s->files, id) : NULL;
  return sync != NULL ? os2_filesync_read(sync, buffer, room) : OS2_GRPC_END;
}

static void session_on_stream_closed(void *arg, int32_t id) {
  session *s = arg;
  if (session_is_agent(s, id))
    os2_ssh_forward_close(s->agents, id);
  else if (s->files != NULL)
    os2_filesync_calls_close(s->files, id);
}

/* ---- the connection ---- */

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

static void session_on_drained(void *arg) { session_flush(arg); }

static const os2_wire_events WIRE_EVENTS = {.connected = session_on_connected,
                                            .received = session_on_received,
                                            .drained = session_on_drained,
                                            .ended = session_on_ended,
                                            .closed = session_on_closed};

/* ---- questions ---- */

static void session_ask(session *s, int32_t id, int type, os2_text about) {
  char *question = os2_mem_resize(NULL, sizeof id + about.len, 1);
  memcpy(question, &id, sizeof id);
  memcpy(question + sizeof id, about.bytes, about.len);
  os2_op_push(&s->op, type, question, sizeof id + about.len);
  free(question);
}

static void session_check_agent(session *s, int32_t id, os2_text name) {
  if (os2_ssh_forward_has(s->agents, name))
    os2_grpc_reply(s->grpc, id, NULL, 0);
  else
    os2_grpc_refuse(s->grpc, id, OS2_GRPC_NOT_FOUND);
}

static void session_on_call(void *arg, int32_t id, const char *method, const char *message,
                            size_t len) {
  static const char serving[] = {0x08, 0x01}; /* HealthCheckResponse {1: SERVING} */
  session *s = arg;
  os2_text about;
  /* every request that is served names what it is about in its field 1 */
  bool is_sound = os2_pb_find_text((os2_text){message, len}, 1, &about) == 0;
  if (method == HEALTH)
    os2_grpc_reply(s->grpc, id, serving, sizeof serving);
  else if (is_sound && method == CHECK_AGENT)
    session_check_agent(s, id, about);
  else if (!is_sound || about.len == 0)
    os2_grpc_refuse(s->grpc, id, OS2_GRPC_INVALID_ARGUMENT);
  else
    session_ask(s, id, method == SECRET ? OS2_SESSION_SECRET : OS2_SESSION_CREDENTIALS, about);
}

/* ---- life ---- */

static void session_cancel(os2_op *op) { session_stop((session *)op); }

static void session_destroy(os2_op *op) {
  session *s = (session *)op;
  os2_grpc_free(s->grpc);
  os2_filesync_calls_free(s->files);
  os2_ssh_forward_free(s->agents);
  explicit_bzero(s->head, sizeof s->head); /* not wiped yet where it never connected */
  free(s);
}

static const os2_op_class CLASS = {"docker.session", session_cancel, NULL, session_destroy};

/* Lists what is served: without a context no files, without agents no SSH. */
static void session_list_methods(session *s, const os2_session_request *request) {
  os2_grpc_method *at = s->methods;
  *at++ = (os2_grpc_method){CREDENTIALS, false};
  *at++ = (os2_grpc_method){SECRET, false};
  if (request->context != NULL) *at++ = (os2_grpc_method){FILES, true};
  if (request->agents != NULL) {
    *at++ = (os2_grpc_method){CHECK_AGENT, false};
    *at++ = (os2_grpc_method){FORWARD_AGENT, true};
  }
  *at = (os2_grpc_method){HEALTH, false};
}

static void session_serve(session *s, const os2_session_request *request) {
  s->service = (os2_grpc_service){.methods = s->methods,
                                  .called = session_on_call,
                                  .opened = session_on_opened,
                                  .received = session_on_message,
                                  .wanted = session_on_wanted,
                                  .closed = session_on_stream_closed};
  if (request->context != NULL)
    s->files =
        os2_filesync_calls_new(s->op.loop, request->context, request->state, session_on_news, s);
  if (request->agents != NULL)
    s->agents = os2_ssh_forward_new(s->op.loop, request->agents, session_on_agent, s);
  s->grpc = os2_grpc_new(&s->service, s);
}

static int session_start(session *s, os2_loop *loop, const os2_session_request *request,
                         os2_err *err) {
  if (os2_session_write_head(s->head, sizeof s->head, request, s->methods) != 0)
    return os2_fail(err, OS2_INVALID, "the session's id, path and headers are too long");
  s->wire = os2_wire_open(loop, request->url, &request->route, &WIRE_EVENTS, s, err);
  return s->wire != NULL ? 0 : -1;
}

os2_op *os2_session_start(os2_loop *loop, const os2_session_request *request, os2_err *err) {
  session *s = os2_mem_zero(1, sizeof *s);
  session_list_methods(s, request);
  if (session_start(s, loop, request, err) != 0) {
    explicit_bzero(s->head, sizeof s->head);
    free(s);
    return NULL;
  }
  os2_op_init(&s->op, loop, &CLASS);
  session_serve(s, request);
  return &s->op;
}

void os2_session_read_question(const os2_event *event, int32_t *id, const char **about) {
  memcpy(id, event->data, sizeof *id);
  *about = event->data + sizeof *id;
}

/* Answers a call with a message, which is wiped and freed. */
static void session_reply(session *s, int32_t id, char *message, size_t len) {
  os2_grpc_reply(s->grpc, id, message, len);
  explicit_bzero(message, len);
  free(message);
}

void os2_session_answer(os2_op *op, int32_t id, const char *username, const char *secret) {
  session *s = (session *)op;
  if (s->is_stopped) return;
  size_t name_len = strlen(username), secret_len = strlen(secret);
  size_t len = os2_pb_text_size(1, name_len) + os2_pb_text_size(2, secret_len);
  char *message = os2_mem_resize(NULL, len, 1);
  char *at = os2_pb_write_text(message, 1, username, name_len);
  os2_pb_write_text(at, 2, secret, secret_len);
  session_reply(s, id, message, len);
  session_flush(s);
}

void os2_session_answer_secret(os2_op *op, int32_t id, const char *bytes, size_t len) {
  session *s = (session *)op;
  if (s->is_stopped) return;
  if (bytes == NULL) {
    os2_grpc_refuse(s->grpc, id, OS2_GRPC_NOT_FOUND);
  } else {
    size_t message_len = os2_pb_text_size(1, len);
    char *message = os2_mem_resize(NULL, message_len, 1);
    os2_pb_write_text(message, 1, bytes, len);
    session_reply(s, id, message, message_len);
  }
  session_flush(s);
}

os2_filesync_stats os2_session_sent(const os2_op *op) {
  const session *s = (const session *)op;
  return s->files != NULL ? os2_filesync_calls_count(s->files) : (os2_filesync_stats){0};
}
