/* filesync: one directory sent to the engine by a stream of its session. A disk that hangs holds up
   the thread that reads it (filesync_send), and nothing else: health checks go on. */
#include "core/buildkit/filesync.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/must.h"
#include "core/buildkit/filesync_int.h"
#include "core/buildkit/filesync_packet.h"
#include "core/buildkit/grpc.h"

enum { BLOCKS = OS2_FILESYNC_BLOCKS };

/* ---- the loop ---- */

static void filesync_free_list(const char *const *list) {
  for (const char *const *item = list; item != NULL && *item != NULL; item++) os2_mem_drop(*item);
  os2_mem_drop(list);
}

static void filesync_free(os2_filesync *s) {
  if (s->list != NULL) os2_context_close(s->list);
  os2_shared_context_release(s->context);
  uv_mutex_destroy(&s->mutex);
  uv_cond_destroy(&s->is_changed);
  filesync_free_list(s->request.filter.exclude);
  filesync_free_list(s->request.filter.include);
  filesync_free_list(s->request.filter.follow);
  free(s->is_asked);
  free(s->asked);
  free(s->blocks);
  free(s);
}

static void filesync_on_rung(void *arg) {
  const os2_filesync *s = arg;
  if (!s->is_closed) s->request.wake(s->request.arg);
}

static size_t running; /* threads of this process that have not ended; the loop's */

size_t os2_filesync_running(void) { return running; }

static void filesync_on_ended(void *arg) {
  os2_filesync *s = arg;
  s->is_ended = true;
  running--;
  if (s->worker.failure != 0) {
    os2_fail_uv(&s->err, s->worker.failure, "no thread to read the context");
    s->is_over = true;
    filesync_on_rung(s);
  }
  if (s->is_closed) filesync_free(s);
}

static int filesync_ask(os2_filesync *s, uint64_t id, os2_err *err) {
  uv_mutex_lock(&s->mutex);
  bool is_listed = id < s->listed && s->asked_count < s->listed;
  if (is_listed && s->asked_count == s->asked_room) {
    s->asked_room = s->asked_room == 0 ? 64 : s->asked_room * 2;
    s->asked = os2_mem_resize(s->asked, s->asked_room, sizeof *s->asked);
  }
  if (is_listed) s->asked[s->asked_count++] = (uint32_t)id;
  uv_cond_signal(&s->is_changed);
  uv_mutex_unlock(&s->mutex);
  if (is_listed) return 0;
  return os2_fail(err, OS2_PROTOCOL, "the engine asks for a file that it was not told of");
}

/* An engine that has given up ends the stream as well as one that has all it wants. */
static void filesync_end(os2_filesync *s, bool is_whole) {
  uv_mutex_lock(&s->mutex);
  s->has_fin = s->has_fin || is_whole;
  if (!s->has_fin) s->is_stopped = true;
  uv_cond_signal(&s->is_changed);
  uv_mutex_unlock(&s->mutex);
}

int os2_filesync_receive(os2_filesync *s, const char *message, size_t len, os2_err *err) {
  os2_filesync_packet packet;
  if (message == NULL) {
    filesync_end(s, false);
    return 0;
  }
  if (os2_filesync_read_message(&packet, message, len) != 0)
    return os2_fail(err, OS2_PROTOCOL, "the engine sends what is no message of a file transfer");
  if (packet.type == OS2_FILESYNC_REQ) return filesync_ask(s, packet.id, err);
  if (packet.type == OS2_FILESYNC_FIN) filesync_end(s, true);
  if (packet.type == OS2_FILESYNC_ERR) filesync_end(s, false);
  return 0;
}

static void filesync_give_back(os2_filesync *s) {
  s->reading = (s->reading + 1) % BLOCKS;
  s->taken = 0;
  uv_mutex_lock(&s->mutex);
  s->filled--;
  uv_cond_signal(&s->is_changed);
  uv_mutex_unlock(&s->mutex);
}

ptrdiff_t os2_filesync_read(os2_filesync *s, char *buffer, size_t room) {
  uv_mutex_lock(&s->mutex);
  bool is_there = s->filled > 0 && !s->is_stopped;
  bool is_over = s->is_over || s->is_stopped;
  uv_mutex_unlock(&s->mutex);
  if (!is_there) return is_over ? OS2_GRPC_END : OS2_GRPC_LATER;
  const os2_filesync_block *from = &s->blocks[s->reading];
  size_t len = from->len - s->taken < room ? from->len - s->taken : room;
  memcpy(buffer, from->bytes + s->taken, len);
  s->taken += len;
  if (s->taken == from->len) filesync_give_back(s);
  return (ptrdiff_t)len;
}

bool os2_filesync_is_over(os2_filesync *s) {
  uv_mutex_lock(&s->mutex);
  bool is_over = s->is_over;
  uv_mutex_unlock(&s->mutex);
  return is_over;
}

const os2_err *os2_filesync_failure(const os2_filesync *s) { return &s->err; }

os2_filesync_stats os2_filesync_count(os2_filesync *s) {
  uv_mutex_lock(&s->mutex);
  os2_filesync_stats stats = s->stats;
  uv_mutex_unlock(&s->mutex);
  return stats;
}

/* ---- life ---- */

static const char *const *filesync_copy_list(const char *const *list) {
  if (list == NULL) return NULL;
  size_t count = 0;
  while (list[count] != NULL) count++;
  const char **copy = os2_mem_zero(count + 1, sizeof *copy);
  for (size_t i = 0; i < count; i++) copy[i] = os2_mem_text(list[i], strlen(list[i]));
  return copy;
}

os2_filesync *os2_filesync_start(os2_loop *loop, os2_shared_context *context,
                                 const os2_filesync_request *request) {
  os2_filesync *s = os2_mem_zero(1, sizeof *s);
  os2_must(uv_mutex_init(&s->mutex), "uv_mutex_init");
  os2_must(uv_cond_init(&s->is_changed), "uv_cond_init");
  s->context = os2_shared_context_hold(context);
  s->request = *request;
  s->request.filter.exclude = filesync_copy_list(request->filter.exclude);
  s->request.filter.include = filesync_copy_list(request->filter.include);
  s->request.filter.follow = filesync_copy_list(request->filter.follow);
  atomic_init(&s->cancel, false);
  s->blocks = os2_mem_resize(NULL, BLOCKS, sizeof *s->blocks);
  s->blocks[0].len = 0;
  s->worker.work = os2_filesync_work;
  s->worker.rung = filesync_on_rung;
  s->worker.ended = filesync_on_ended;
  s->worker.arg = s;
  running++;
  os2_worker_start(&s->worker, loop);
  return s;
}

void os2_filesync_close(os2_filesync *s) {
  s->is_closed = true;
  atomic_store(&s->cancel, true);
  uv_mutex_lock(&s->mutex);
  s->is_stopped = true;
  uv_cond_signal(&s->is_changed);
  uv_mutex_unlock(&s->mutex);
  if (s->is_ended) filesync_free(s);
}
