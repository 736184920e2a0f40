/* git_channel: HTTP for a worker thread that blocks: the HTTP client on the loop thread carries out
   its requests. */
#include "core/git/git_channel.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/must.h"

enum {
  /* most bytes queued for git; above it the connection is paused (back-pressure) */
  QUEUE_LIMIT_BYTES = 1024 * 1024,
  REFUSAL_LIMIT_BYTES = 1024 * 1024 /* most bytes of an answer whose status is not 2xx */
};

/* Called with the mutex locked. */
static void git_channel_drop_bytes(os2_git_channel *channel) {
  while (channel->bytes != NULL) {
    os2_event *first = channel->bytes;
    channel->bytes = first->next;
    free(first);
  }
  channel->bytes_end = &channel->bytes;
  channel->queued = 0;
  channel->taken = 0;
}

/* ---- for the loop thread ---- */

void os2_git_channel_open(os2_git_channel *channel, os2_loop *loop, uv_async_t *bell) {
  os2_must(uv_mutex_init(&channel->mutex), "uv_mutex_init");
  os2_must(uv_cond_init(&channel->changed), "uv_cond_init");
  atomic_init(&channel->is_cancelled, false);
  channel->bytes_end = &channel->bytes;
  channel->loop = loop;
  channel->bell = bell;
}

static void git_channel_end_http(os2_git_channel *channel) {
  os2_op *http = channel->http;
  channel->http = NULL;
  if (http != NULL) os2_op_close(http);
}

/* Called with the mutex locked. Returns true when the bytes that arrive belong to a request that
   nobody reads any more, because a new one was sent. */
static bool git_channel_is_stale(const os2_git_channel *channel) {
  return channel->wanted.repository != NULL;
}

static void git_channel_settle(os2_git_channel *channel, const os2_err *err) {
  uv_mutex_lock(&channel->mutex);
  if (!git_channel_is_stale(channel)) {
    channel->is_done = true;
    channel->err = *err;
    uv_cond_signal(&channel->changed);
  }
  uv_mutex_unlock(&channel->mutex);
  git_channel_end_http(channel);
}

static bool git_channel_has_room(os2_git_channel *channel) {
  uv_mutex_lock(&channel->mutex);
  bool answer = channel->queued < QUEUE_LIMIT_BYTES;
  uv_mutex_unlock(&channel->mutex);
  return answer;
}

static void git_channel_hand_on(os2_git_channel *channel, os2_event *event) {
  event->next = NULL;
  uv_mutex_lock(&channel->mutex);
  if (git_channel_is_stale(channel)) {
    free(event);
  } else {
    *channel->bytes_end = event;
    channel->bytes_end = &event->next;
    channel->queued += event->len;
    uv_cond_signal(&channel->changed);
  }
  uv_mutex_unlock(&channel->mutex);
}

static void git_channel_start(os2_git_channel *channel);

/* Follows a redirect to the new URL of a repository. All later requests go to that URL, too.
   Returns false when the answer is no such redirect. */
static bool git_channel_follow(os2_git_channel *channel) {
  os2_git_http *current = &channel->current;
  if (channel->moves >= channel->move_limit) return false;
  char *to = os2_git_moved(current, os2_http_response_of(channel->http));
  if (to == NULL) return false;
  channel->moves++;
  if (channel->moved_from == NULL)
    channel->moved_from = current->repository;
  else
    free(current->repository);
  free(channel->moved_to);
  channel->moved_to = to;
  current->repository = os2_mem_copy(to);
  git_channel_end_http(channel);
  git_channel_start(channel);
  return true;
}

/* Returns false when the answer is not what was asked for. The request has failed then, or was sent
   again to another URL. */
static bool git_channel_check_head(os2_git_channel *channel) {
  os2_err err;
  if (git_channel_follow(channel)) return false;
  if (os2_git_check_answer(&channel->current, os2_http_response_of(channel->http), &err) == 0)
    return true;
  git_channel_settle(channel, &err);
  return false;
}

/* Bounds the list of references, which libgit2 keeps in memory and a server could continue without
   end. */
static bool git_channel_is_too_long(const os2_git_channel *channel) {
  return channel->current.body == NULL && channel->list_limit > 0 &&
         channel->received > channel->list_limit;
}

static bool git_channel_drop_list(os2_git_channel *channel, os2_event *event) {
  os2_err err;
  free(event);
  os2_fail(&err, OS2_PROTOCOL, "the list of references of %s is longer than %zu bytes",
           channel->current.repository, channel->list_limit);
  git_channel_settle(channel, &err);
  return false;
}

/* Moves one event to the queue. Returns false when there is nothing to move. */
static bool git_channel_move_one(os2_git_channel *channel) {
  os2_event *event = git_channel_has_room(channel) ? os2_op_take(channel->http) : NULL;
  if (event == NULL) return false;
  if (event->type == OS2_HTTP_DATA) {
    channel->received += event->len;
    if (git_channel_is_too_long(channel)) return git_channel_drop_list(channel, event);
    git_channel_hand_on(channel, event);
    return true;
  }
  free(event);
  return git_channel_check_head(channel);
}

static void git_channel_finish_http(os2_git_channel *channel) {
  os2_op *http = channel->http;
  os2_err err = {.kind = OS2_OK};
  if (os2_op_error(http)->kind == OS2_OK && git_channel_follow(channel)) return;
  if (os2_op_error(http)->kind != OS2_OK)
    os2_fail(&err, os2_op_error(http)->kind, "%s: %s", channel->current.repository,
             os2_op_error(http)->message);
  else
    os2_git_check_answer(&channel->current, os2_http_response_of(http), &err);
  git_channel_settle(channel, &err);
}

static void git_channel_move_bytes(os2_git_channel *channel) {
  if (channel->is_serving || channel->http == NULL) return;
  /* taking an event makes room, and a listener may then deliver the next bytes at once */
  channel->is_serving = true;
  while (git_channel_move_one(channel)) continue;
  channel->is_serving = false;
  os2_op *http = channel->http;
  if (http != NULL && http->finished && http->events == NULL) git_channel_finish_http(channel);
}

static void git_channel_on_http(os2_op *http, void *arg) {
  (void)http;
  git_channel_move_bytes(arg);
}

static os2_op *git_channel_start_http(os2_git_channel *channel, os2_err *err) {
  const os2_git_http *asked = &channel->current;
  char *url = os2_git_http_url(asked);
  static const char agent[] = "User-Agent: git/2.0 (os2 " OS2_VERSION ")";
  const char *headers[] = {agent, "Accept: */*", NULL, NULL, NULL};
  size_t count = 2;
  if (asked->body != NULL) headers[count++] = "Content-Type: application/x-git-upload-pack-request";
  if (asked->authorization != NULL) headers[count] = asked->authorization;
  os2_http_request request = {.method = asked->body != NULL ? "POST" : "GET",
                              .url = url,
                              .route = {.ca_file = channel->ca_file},
                              .headers = headers,
                              .body = asked->body,
                              .body_len = asked->body_len,
                              .mode = OS2_HTTP_CHUNKS,
                              .connect_timeout = channel->connect_timeout,
                              .idle_timeout = channel->idle_timeout,
                              .response_limit = REFUSAL_LIMIT_BYTES};
  os2_op *http = os2_http_start(channel->loop, &request, err);
  free(url);
  return http;
}

static void git_channel_start(os2_git_channel *channel) {
  os2_err err;
  channel->received = 0;
  os2_op *http = git_channel_start_http(channel, &err);
  if (http == NULL) {
    git_channel_settle(channel, &err);
    return;
  }
  http->listener = git_channel_on_http;
  http->listener_arg = channel;
  channel->http = http;
}

static void git_channel_go_where_it_is(os2_git_channel *channel) {
  os2_git_http *current = &channel->current;
  if (channel->moved_from == NULL || strcmp(channel->moved_from, current->repository) != 0) return;
  free(current->repository);
  current->repository = os2_mem_copy(channel->moved_to);
}

/* Takes a new request, which becomes the current one. Returns false when there is none. */
static bool git_channel_take_wanted(os2_git_channel *channel) {
  uv_mutex_lock(&channel->mutex);
  os2_git_http wanted = channel->wanted;
  channel->wanted = (os2_git_http){.repository = NULL};
  uv_mutex_unlock(&channel->mutex);
  if (wanted.repository == NULL) return false;
  git_channel_end_http(channel);
  os2_git_http_free(&channel->current);
  channel->current = wanted;
  git_channel_go_where_it_is(channel);
  return true;
}

void os2_git_channel_serve(os2_git_channel *channel) {
  if (git_channel_take_wanted(channel) && !atomic_load(&channel->is_cancelled))
    git_channel_start(channel);
  git_channel_move_bytes(channel);
}

void os2_git_channel_cancel(os2_git_channel *channel) {
  uv_mutex_lock(&channel->mutex);
  atomic_store(&channel->is_cancelled, true);
  uv_cond_signal(&channel->changed);
  uv_mutex_unlock(&channel->mutex);
  git_channel_end_http(channel);
}

void os2_git_channel_close(os2_git_channel *channel) {
  git_channel_end_http(channel);
  os2_git_http_free(&channel->wanted);
  os2_git_http_free(&channel->current);
  free(channel->moved_from);
  free(channel->moved_to);
  git_channel_drop_bytes(channel);
  uv_cond_destroy(&channel->changed);
  uv_mutex_destroy(&channel->mutex);
}

/* ---- for the worker thread ---- */

void os2_git_channel_send(os2_git_channel *channel, const os2_git_http *request) {
  uv_mutex_lock(&channel->mutex);
  git_channel_drop_bytes(channel);
  channel->is_done = false;
  os2_git_http_free(&channel->wanted);
  channel->wanted = *request;
  uv_mutex_unlock(&channel->mutex);
  uv_async_send(channel->bell);
}

static bool git_channel_is_waiting(const os2_git_channel *channel) {
  return channel->bytes == NULL && !channel->is_done && !atomic_load(&channel->is_cancelled);
}

/* Copies bytes of the first event. Returns true when the loop thread should move more bytes. */
static bool git_channel_take(os2_git_channel *channel, char *buffer, size_t room, size_t *got) {
  os2_event *first = channel->bytes;
  size_t left = first->len - channel->taken;
  *got = left < room ? left : room;
  memcpy(buffer, first->data + channel->taken, *got);
  channel->taken += *got;
  if (channel->taken < first->len) return false;
  bool was_full = channel->queued >= QUEUE_LIMIT_BYTES;
  channel->queued -= first->len;
  channel->taken = 0;
  channel->bytes = first->next;
  if (channel->bytes == NULL) channel->bytes_end = &channel->bytes;
  free(first);
  return was_full && channel->queued < QUEUE_LIMIT_BYTES;
}

ptrdiff_t os2_git_channel_read(os2_git_channel *channel, char *buffer, size_t room, os2_err *err) {
  size_t got = 0;
  bool is_to_ring = false;
  uv_mutex_lock(&channel->mutex);
  while (git_channel_is_waiting(channel)) uv_cond_wait(&channel->changed, &channel->mutex);
  bool is_over = atomic_load(&channel->is_cancelled);
  if (is_over)
    os2_fail(err, OS2_CANCELLED, "cancelled");
  else if (channel->bytes != NULL)
    is_to_ring = git_channel_take(channel, buffer, room, &got);
  else
    *err = channel->err;
  bool failed = is_over || (got == 0 && channel->err.kind != OS2_OK);
  uv_mutex_unlock(&channel->mutex);
  if (is_to_ring) uv_async_send(channel->bell);
  return failed ? -1 : (ptrdiff_t)got;
}
