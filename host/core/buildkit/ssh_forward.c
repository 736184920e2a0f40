/* ssh_forward: forwards agents' sockets into a build. Source: BuildKit, session/sshforward. */
#include "core/buildkit/ssh_forward.h"

#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "core/base/mem.h"

/* A program opens one connection for each use of the agent. */
enum { MAX_CONNECTIONS = 32 };
/* An agent's message is 256 KiB at most (OpenSSH). Above the first limit the agent is read no more;
   above the second the connection ends, since gRPC cannot hold the engine back. */
enum { READ_BYTES = 16 * 1024, QUEUE_BYTES = 256 * 1024, WRITE_BYTES = 1024 * 1024 };

/* A connection frees itself when its handle is closed. */
typedef struct connection {
  os2_ssh_forward *forward; /* NULL once the stream is closed */
  struct connection *next;
  int32_t id;
  uv_pipe_t pipe;
  uv_connect_t connect;
  uv_shutdown_t shutdown;
  char *queue; /* for the engine: messages with their prefix */
  size_t queue_len, queue_at;
  bool is_paused;
  bool is_ended;
  bool is_shut;
  char bytes[READ_BYTES];
} connection;

struct os2_ssh_forward {
  os2_loop *loop;
  os2_ssh_agent *agents;
  void (*wake)(void *arg, int32_t id);
  void *arg;
  connection *connections;
};

typedef struct write_request {
  uv_write_t write;
  size_t len;
  char bytes[];
} write_request;

/* ---- agents ---- */

static os2_ssh_agent *ssh_forward_copy(const os2_ssh_agent *agents) {
  size_t count = 0;
  while (agents[count].id != NULL) count++;
  os2_ssh_agent *copy = os2_mem_zero(count + 1, sizeof *copy);
  for (size_t i = 0; i < count; i++) {
    copy[i].id = os2_mem_text(agents[i].id, strlen(agents[i].id));
    copy[i].path = os2_mem_text(agents[i].path, strlen(agents[i].path));
  }
  return copy;
}

static const os2_ssh_agent *ssh_forward_agent(const os2_ssh_forward *forward, os2_text id) {
  if (id.len == 0) id = (os2_text){"default", strlen("default")};
  for (const os2_ssh_agent *agent = forward->agents; agent->id != NULL; agent++)
    if (strlen(agent->id) == id.len && memcmp(agent->id, id.bytes, id.len) == 0) return agent;
  return NULL;
}

bool os2_ssh_forward_has(const os2_ssh_forward *forward, os2_text id) {
  return ssh_forward_agent(forward, id) != NULL;
}

/* ---- a connection ---- */

static void ssh_forward_tell(const connection *c) {
  if (c->forward != NULL) c->forward->wake(c->forward->arg, c->id);
}

static void ssh_forward_end(connection *c) {
  if (c->is_ended) return;
  c->is_ended = true;
  uv_read_stop((uv_stream_t *)&c->pipe);
  ssh_forward_tell(c);
}

/* Queues the bytes as a BytesMessage {1: bytes}. */
static void ssh_forward_queue(connection *c, size_t len) {
  size_t message_len = os2_pb_text_size(1, len);
  if (c->queue_at > 0) {
    c->queue_len -= c->queue_at;
    memmove(c->queue, c->queue + c->queue_at, c->queue_len);
    c->queue_at = 0;
  }
  c->queue = os2_mem_resize(c->queue, c->queue_len + OS2_GRPC_PREFIX + message_len, 1);
  char *at = os2_grpc_write_prefix(c->queue + c->queue_len, message_len);
  os2_pb_write_text(at, 1, c->bytes, len);
  c->queue_len += OS2_GRPC_PREFIX + message_len;
}

static void ssh_forward_on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *buffer) {
  (void)wanted;
  connection *c = handle->data;
  *buffer = uv_buf_init(c->bytes, sizeof c->bytes);
}

static void ssh_forward_on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer) {
  (void)buffer;
  connection *c = stream->data;
  if (n == 0) return;
  if (n < 0) {
    ssh_forward_end(c);
    return;
  }
  ssh_forward_queue(c, (size_t)n);
  c->is_paused = c->queue_len > QUEUE_BYTES;
  if (c->is_paused) uv_read_stop(stream);
  ssh_forward_tell(c);
}

static void ssh_forward_start_reading(connection *c) {
  c->is_paused = false;
  if (uv_read_start((uv_stream_t *)&c->pipe, ssh_forward_on_room, ssh_forward_on_read) != 0)
    ssh_forward_end(c);
}

static void ssh_forward_on_connected(uv_connect_t *request, int status) {
  connection *c = request->data;
  if (status == UV_ECANCELED) return; /* it is being closed */
  if (status == 0)
    ssh_forward_start_reading(c);
  else
    ssh_forward_end(c);
}

static void ssh_forward_on_written(uv_write_t *request, int status) {
  connection *c = request->handle->data;
  write_request *written = (write_request *)request;
  explicit_bzero(written->bytes, written->len);
  free(written);
  if (status != 0 && status != UV_ECANCELED) ssh_forward_end(c);
}

static void ssh_forward_write(connection *c, os2_text text) {
  if (uv_stream_get_write_queue_size((uv_stream_t *)&c->pipe) + text.len > WRITE_BYTES) {
    ssh_forward_end(c);
    return;
  }
  write_request *request = os2_mem_zero(1, sizeof *request + text.len);
  request->len = text.len;
  memcpy(request->bytes, text.bytes, text.len);
  uv_buf_t buffer = uv_buf_init(request->bytes, (unsigned)text.len);
  if (uv_write(&request->write, (uv_stream_t *)&c->pipe, &buffer, 1, ssh_forward_on_written) != 0) {
    explicit_bzero(request->bytes, request->len);
    free(request);
    ssh_forward_end(c);
  }
}

static void ssh_forward_on_shut(uv_shutdown_t *request, int status) {
  (void)request;
  (void)status;
}

static void ssh_forward_on_closed(uv_handle_t *handle) {
  connection *c = handle->data;
  if (c->queue != NULL) explicit_bzero(c->queue, c->queue_len);
  free(c->queue);
  explicit_bzero(c->bytes, sizeof c->bytes);
  free(c);
}

/* ---- streams ---- */

static connection *ssh_forward_find(const os2_ssh_forward *forward, int32_t id) {
  for (connection *c = forward->connections; c != NULL; c = c->next)
    if (c->id == id) return c;
  return NULL;
}

static bool ssh_forward_is_full(const os2_ssh_forward *forward) {
  size_t count = 0;
  for (const connection *c = forward->connections; c != NULL; c = c->next) count++;
  return count == MAX_CONNECTIONS;
}

static void ssh_forward_connect(os2_ssh_forward *forward, int32_t id, const char *path) {
  connection *c = os2_mem_zero(1, sizeof *c);
  c->forward = forward;
  c->id = id;
  c->next = forward->connections;
  forward->connections = c;
  uv_pipe_init(&forward->loop->uv, &c->pipe, 0);
  c->pipe.data = c->connect.data = c;
  uv_pipe_connect(&c->connect, &c->pipe, path, ssh_forward_on_connected);
}

static os2_text ssh_forward_wanted_id(const os2_grpc_metadata *metadata, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(metadata[i].name, "buildkit.ssh.id") == 0)
      return (os2_text){metadata[i].value, strlen(metadata[i].value)};
  return (os2_text){NULL, 0};
}

int os2_ssh_forward_open(os2_ssh_forward *forward, int32_t id, const os2_grpc_metadata *metadata,
                         size_t count) {
  const os2_ssh_agent *agent = ssh_forward_agent(forward, ssh_forward_wanted_id(metadata, count));
  /* libuv cuts a longer path, and would connect to another socket. */
  if (agent == NULL || strlen(agent->path) >= sizeof((struct sockaddr_un *)0)->sun_path)
    return OS2_GRPC_NOT_FOUND;
  if (ssh_forward_is_full(forward)) return OS2_GRPC_RESOURCE_EXHAUSTED;
  ssh_forward_connect(forward, id, agent->path);
  return OS2_GRPC_OK;
}

bool os2_ssh_forward_owns(const os2_ssh_forward *forward, int32_t id) {
  return ssh_forward_find(forward, id) != NULL;
}

void os2_ssh_forward_receive(os2_ssh_forward *forward, int32_t id, const char *message,
                             size_t len) {
  connection *c = ssh_forward_find(forward, id);
  os2_text text;
  if (c == NULL || c->is_ended || c->is_shut) return;
  if (message == NULL) {
    c->is_shut = true;
    if (uv_shutdown(&c->shutdown, (uv_stream_t *)&c->pipe, ssh_forward_on_shut) != 0)
      ssh_forward_end(c);
  } else if (os2_pb_find_text((os2_text){message, len}, 1, &text) != 0) {
    ssh_forward_end(c);
  } else if (text.len > 0) {
    ssh_forward_write(c, text);
  }
}

ptrdiff_t os2_ssh_forward_read(os2_ssh_forward *forward, int32_t id, char *buffer, size_t room) {
  connection *c = ssh_forward_find(forward, id);
  if (c == NULL) return OS2_GRPC_END;
  size_t left = c->queue_len - c->queue_at;
  size_t n = left < room ? left : room;
  if (n == 0) return c->is_ended ? OS2_GRPC_END : OS2_GRPC_LATER;
  memcpy(buffer, c->queue + c->queue_at, n);
  c->queue_at += n;
  if (c->is_paused && !c->is_ended && left - n < QUEUE_BYTES / 2) ssh_forward_start_reading(c);
  return (ptrdiff_t)n;
}

void os2_ssh_forward_close(os2_ssh_forward *forward, int32_t id) {
  connection **at = &forward->connections;
  while (*at != NULL && (*at)->id != id) at = &(*at)->next;
  connection *c = *at;
  if (c == NULL) return;
  *at = c->next;
  c->forward = NULL;
  uv_close((uv_handle_t *)&c->pipe, ssh_forward_on_closed);
}

/* ---- life ---- */

os2_ssh_forward *os2_ssh_forward_new(os2_loop *loop, const os2_ssh_agent *agents,
                                     void (*wake)(void *arg, int32_t id), void *arg) {
  os2_ssh_forward *forward = os2_mem_zero(1, sizeof *forward);
  forward->loop = loop;
  forward->agents = ssh_forward_copy(agents);
  forward->wake = wake;
  forward->arg = arg;
  return forward;
}

void os2_ssh_forward_free(os2_ssh_forward *forward) {
  if (forward == NULL) return;
  while (forward->connections != NULL) os2_ssh_forward_close(forward, forward->connections->id);
  for (os2_ssh_agent *agent = forward->agents; agent->id != NULL; agent++) {
    free((char *)(uintptr_t)agent->id);
    free((char *)(uintptr_t)agent->path);
  }
  free(forward->agents);
  free(forward);
}
