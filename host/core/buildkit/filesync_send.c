/* filesync_send: the thread of a transfer: the list, and of its files those that the engine asks
   for. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/buildkit/filesync_int.h"
#include "core/buildkit/filesync_packet.h"
#include "core/buildkit/grpc.h"

enum { BLOCKS = OS2_FILESYNC_BLOCKS, BLOCK_SIZE = OS2_FILESYNC_BLOCK_SIZE };
/* A piece of contents that is worth a message. */
enum { LEAST_PIECE = 4 * 1024 };

/* ---- blocks ---- */

/* Gives the block that is being filled, and waits for a free one. */
static bool filesync_send_give(os2_filesync *s) {
  s->filling = (s->filling + 1) % BLOCKS;
  uv_mutex_lock(&s->mutex);
  s->filled++;
  os2_worker_ring(&s->worker);
  while (s->filled == BLOCKS && !s->is_stopped) uv_cond_wait(&s->is_changed, &s->mutex);
  bool may_go_on = !s->is_stopped;
  uv_mutex_unlock(&s->mutex);
  s->blocks[s->filling].len = 0;
  return may_go_on;
}

/* What is there goes out before the thread waits. */
static bool filesync_send_flush(os2_filesync *s) {
  return s->blocks[s->filling].len == 0 || filesync_send_give(s);
}

static size_t filesync_send_room(const os2_filesync *s) {
  return BLOCK_SIZE - s->blocks[s->filling].len;
}

static char *filesync_send_place(const os2_filesync *s) {
  return s->blocks[s->filling].bytes + s->blocks[s->filling].len;
}

/* Bytes of any length, over as many blocks as it takes. */
static bool filesync_send_put(os2_filesync *s, const char *bytes, size_t len) {
  while (len > 0) {
    if (filesync_send_room(s) == 0 && !filesync_send_give(s)) return false;
    size_t n = len < filesync_send_room(s) ? len : filesync_send_room(s);
    memcpy(filesync_send_place(s), bytes, n);
    s->blocks[s->filling].len += n;
    bytes += n;
    len -= n;
  }
  return true;
}

static bool filesync_send_put_end(os2_filesync *s, os2_filesync_type type) {
  char message[OS2_FILESYNC_END_SIZE];
  os2_filesync_write_end(message, type);
  return filesync_send_put(s, message, sizeof message);
}

/* ---- contents ---- */

/* One message of contents, read into its place; 0 when the file has no more. */
static ssize_t filesync_send_put_piece(os2_filesync *s, uint32_t id, int fd, uint64_t left) {
  size_t head = os2_filesync_data_head_size(id, BLOCK_SIZE), room = filesync_send_room(s) - head;
  size_t want = left < room ? (size_t)left : room;
  char *place = filesync_send_place(s);
  ssize_t n;
  do n = read(fd, place + head, want);
  while (n < 0 && errno == EINTR);
  if (n <= 0) return n;
  size_t real_head = os2_filesync_data_head_size(id, (size_t)n);
  if (real_head != head) memmove(place + real_head, place + head, (size_t)n);
  os2_filesync_write_data_head(place, id, (size_t)n);
  s->blocks[s->filling].len += real_head + (size_t)n;
  return n;
}

static void filesync_send_add_sent(os2_filesync *s, uint64_t files, uint64_t bytes) {
  uv_mutex_lock(&s->mutex);
  s->stats.files += files;
  s->stats.bytes += bytes;
  uv_mutex_unlock(&s->mutex);
}

static bool filesync_send_fail_read(os2_filesync *s, const char *path, ssize_t n) {
  if (n < 0)
    os2_fail_errno(&s->err, errno, "cannot read %s", path);
  else
    os2_context_fail_changed(s->list, path, &s->err);
  return false;
}

static bool filesync_send_put_contents(os2_filesync *s, uint32_t id, int fd,
                                       const os2_context_entry *entry) {
  for (uint64_t left = entry->stamp.size; left > 0;) {
    if (filesync_send_room(s) < LEAST_PIECE && !filesync_send_give(s)) return false;
    ssize_t n = filesync_send_put_piece(s, id, fd, left);
    if (n <= 0) return filesync_send_fail_read(s, entry->tar.path, n);
    left -= (uint64_t)n;
    filesync_send_add_sent(s, 0, (uint64_t)n);
  }
  char end[OS2_GRPC_PREFIX + 16];
  size_t len = (size_t)(os2_filesync_write_data_head(end, id, 0) - end);
  return filesync_send_put(s, end, len);
}

/* Only what was listed as a file is given, and once. */
static bool filesync_send_answer(os2_filesync *s, uint32_t id) {
  const os2_context_entry *entry = os2_context_entry_at(s->list, id);
  if (entry->tar.type != OS2_TAR_FILE || s->is_asked[id]) {
    os2_fail(&s->err, OS2_PROTOCOL, "the engine asks %s for the contents of %s",
             s->is_asked[id] ? "twice" : "as if it were a file", entry->tar.path);
    return false;
  }
  s->is_asked[id] = true;
  int fd = os2_context_open_entry(s->list, id, &s->err);
  if (fd < 0) return false;
  filesync_send_add_sent(s, 1, 0);
  bool is_sent = filesync_send_put_contents(s, id, fd, entry);
  close(fd);
  return is_sent;
}

/* ---- the list ---- */

/* The next file that is asked for. Where there is none, waits for it (until nothing more is asked
   for) or says so at once. */
static bool filesync_send_next_asked(os2_filesync *s, bool is_waiting, uint32_t *id) {
  uv_mutex_lock(&s->mutex);
  while (is_waiting && s->asked_taken == s->asked_count && !s->has_fin && !s->is_stopped)
    uv_cond_wait(&s->is_changed, &s->mutex);
  bool is_there = s->asked_taken < s->asked_count && !s->is_stopped;
  if (is_there) *id = s->asked[s->asked_taken++];
  uv_mutex_unlock(&s->mutex);
  return is_there;
}

/* Sends what is asked for already, so that the engine need not keep it all in mind. */
static bool filesync_send_asked(os2_filesync *s) {
  uint32_t id;
  while (filesync_send_next_asked(s, false, &id))
    if (!filesync_send_answer(s, id)) return false;
  return true;
}

static bool filesync_send_put_stat(os2_filesync *s, const os2_context_entry *entry) {
  size_t len = os2_filesync_stat_size(entry);
  if (len > filesync_send_room(s) && len <= BLOCK_SIZE && !filesync_send_give(s)) return false;
  bool is_short = len <= BLOCK_SIZE;
  char *message = is_short ? filesync_send_place(s) : os2_mem_resize(NULL, len, 1);
  os2_filesync_write_stat(message, entry);
  if (is_short) s->blocks[s->filling].len += len;
  bool is_put = is_short || filesync_send_put(s, message, len);
  if (!is_short) free(message);
  uv_mutex_lock(&s->mutex);
  s->listed++;
  uv_mutex_unlock(&s->mutex);
  return is_put;
}

/* A file may have become another one since the key was chosen. */
static bool filesync_send_check(os2_filesync *s, const os2_context_entry *entry) {
  if (s->request.state == NULL || os2_sent_state_fits(s->request.state, entry)) return true;
  os2_fail(&s->err, OS2_CONFLICT,
           "%s was replaced while the build began, with its size and time left as they were; "
           "build again",
           entry->tar.path);
  return false;
}

static bool filesync_send_put_list(os2_filesync *s) {
  const os2_context_entry *entry;
  s->is_asked = os2_mem_zero(os2_context_length(s->list), sizeof *s->is_asked);
  for (size_t i = 0; (entry = os2_context_entry_at(s->list, i)) != NULL; i++)
    if (!filesync_send_check(s, entry) || !filesync_send_put_stat(s, entry) ||
        !filesync_send_asked(s))
      return false;
  return filesync_send_put_end(s, OS2_FILESYNC_STAT);
}

static int filesync_send_list(os2_filesync *s) {
  const os2_context *from = os2_shared_context_get(s->context);
  if (s->request.state != NULL) os2_sent_state_begin(s->request.state);
  s->listed_at = os2_sent_state_now();
  switch (s->request.what) {
  case OS2_FILESYNC_DOCKERFILE:
    return os2_context_list_dockerfile(&s->list, from, &s->err);
  case OS2_FILESYNC_RULES:
    return os2_context_list_rules(&s->list, from, &s->err);
  default:
    return os2_context_list(&s->list, from, &s->request.filter, &s->cancel, &s->err);
  }
}

static bool filesync_send_has_fin(os2_filesync *s) {
  uv_mutex_lock(&s->mutex);
  bool has_fin = s->has_fin && !s->is_stopped;
  uv_mutex_unlock(&s->mutex);
  return has_fin;
}

static bool filesync_send_all(os2_filesync *s) {
  uint32_t id;
  if (filesync_send_list(s) != 0 || !filesync_send_put_list(s) || !filesync_send_flush(s))
    return false;
  while (filesync_send_next_asked(s, true, &id)) {
    if (!filesync_send_answer(s, id)) return false;
    if (!filesync_send_asked(s) || !filesync_send_flush(s)) return false;
  }
  if (!filesync_send_has_fin(s)) return false;
  if (s->request.state != NULL) os2_sent_state_keep(s->request.state, s->list, s->listed_at);
  return filesync_send_put_end(s, OS2_FILESYNC_FIN);
}

/* The last block is given without a wait: nothing is filled behind it. */
void os2_filesync_work(void *arg) {
  os2_filesync *s = arg;
  bool is_whole = filesync_send_all(s);
  uv_mutex_lock(&s->mutex);
  if (is_whole && s->blocks[s->filling].len > 0) s->filled++;
  s->is_over = true;
  uv_mutex_unlock(&s->mutex);
}
