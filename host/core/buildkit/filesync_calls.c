/* filesync_calls: the file transfers of a session, each by the stream that it goes by. */
#include "core/buildkit/filesync_calls.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

/* Each has a thread and its blocks. A build has three, one after the other or two at once. */
enum { MAX_TRANSFERS = 8, MAX_THREADS = 64 };

typedef struct transfer {
  os2_filesync_calls *calls;
  struct transfer *next;
  int32_t id;
  os2_filesync *sync;
  bool is_context;
} transfer;

struct os2_filesync_calls {
  os2_loop *loop;
  os2_shared_context *context;
  os2_sent_state *state;
  void (*wake)(void *arg, int32_t id);
  void *arg;
  transfer *transfers;
  os2_filesync_stats ended; /* of those that are over */
};

/* ---- metadata ---- */

static const char *filesync_calls_find_value(const os2_grpc_metadata *metadata, size_t count,
                                             const char *name) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(metadata[i].name, name) == 0) return metadata[i].value;
  return NULL;
}

static int filesync_calls_hex(char digit) {
  if (!isxdigit((unsigned char)digit)) return -1;
  return isdigit((unsigned char)digit) ? digit - '0' : tolower((unsigned char)digit) - 'a' + 10;
}

/* A value as it was before url.QueryEscape, in place. */
static void filesync_calls_unescape(char *text) {
  char *out = text;
  for (const char *at = text; *at != '\0'; at++) {
    int high = *at == '%' ? filesync_calls_hex(at[1]) : -1;
    int low = high >= 0 ? filesync_calls_hex(at[2]) : -1;
    if (low >= 0) at += 2;
    char plain = *at;
    if (plain == '+') plain = ' ';
    *out++ = low >= 0 ? (char)((high * 16 + low) & 0xff) : plain;
  }
  *out = '\0';
}

/* All values of a name, NULL behind the last; NULL where there is none. An engine escapes them
   where one of them is not ASCII, and says so. */
static char **filesync_calls_list(const os2_grpc_metadata *metadata, size_t count,
                                  const char *name) {
  char mark[64], **list = NULL;
  size_t found = 0;
  snprintf(mark, sizeof mark, "%s-encoded", name);
  bool is_escaped = filesync_calls_find_value(metadata, count, mark) != NULL;
  for (size_t i = 0; i < count; i++) {
    const os2_grpc_metadata *one = &metadata[i];
    if (strcmp(one->name, name) != 0) continue;
    list = os2_mem_resize(list, found + 2, sizeof *list);
    char *value = os2_mem_copy(one->value);
    if (is_escaped) filesync_calls_unescape(value);
    list[found++] = value;
    list[found] = NULL;
  }
  return list;
}

static void filesync_calls_free_list(char **list) {
  for (char **item = list; item != NULL && *item != NULL; item++) free(*item);
  free(list);
}

/* The engine's own look at the ignore file, before it asks for anything else. */
static bool filesync_calls_is_for_rules(const os2_context_filter *filter) {
  const char *const *follow = filter->follow;
  return filter->exclude == NULL && filter->include == NULL && follow != NULL &&
         strcmp(follow[0], ".dockerignore") == 0 && follow[1] == NULL;
}

/* ---- transfers ---- */

static void filesync_calls_on_news(void *arg) {
  const transfer *t = arg;
  t->calls->wake(t->calls->arg, t->id);
}

static void filesync_calls_start(os2_filesync_calls *calls, int32_t id,
                                 os2_filesync_request *request) {
  transfer *t = os2_mem_zero(1, sizeof *t);
  *t = (transfer){.calls = calls, .next = calls->transfers, .id = id};
  t->is_context = request->what == OS2_FILESYNC_CONTEXT;
  request->wake = filesync_calls_on_news;
  request->arg = t;
  calls->transfers = t;
  t->sync = os2_filesync_start(calls->loop, calls->context, request);
}

static void filesync_calls_start_context(os2_filesync_calls *calls, int32_t id,
                                         const os2_grpc_metadata *metadata, size_t count) {
  char **exclude = filesync_calls_list(metadata, count, "exclude-patterns");
  char **include = filesync_calls_list(metadata, count, "include-patterns");
  char **follow = filesync_calls_list(metadata, count, "followpaths");
  os2_filesync_request request = {.what = OS2_FILESYNC_CONTEXT,
                                  .filter = {.exclude = (const char *const *)exclude,
                                             .include = (const char *const *)include,
                                             .follow = (const char *const *)follow}};
  if (filesync_calls_is_for_rules(&request.filter))
    request.what = OS2_FILESYNC_RULES;
  else
    request.state = calls->state;
  filesync_calls_start(calls, id, &request);
  filesync_calls_free_list(exclude);
  filesync_calls_free_list(include);
  filesync_calls_free_list(follow);
}

int os2_filesync_calls_open(os2_filesync_calls *calls, int32_t id,
                            const os2_grpc_metadata *metadata, size_t count) {
  const char *name = filesync_calls_find_value(metadata, count, "dir-name");
  size_t running = 0;
  for (const transfer *t = calls->transfers; t != NULL; t = t->next) running++;
  if (running == MAX_TRANSFERS || os2_filesync_running() >= MAX_THREADS)
    return OS2_GRPC_RESOURCE_EXHAUSTED;
  if (name == NULL) return OS2_GRPC_INVALID_ARGUMENT;
  if (strcmp(name, "context") == 0) {
    filesync_calls_start_context(calls, id, metadata, count);
    return OS2_GRPC_OK;
  }
  if (strcmp(name, "dockerfile") != 0) return OS2_GRPC_NOT_FOUND;
  os2_filesync_request request = {.what = OS2_FILESYNC_DOCKERFILE};
  filesync_calls_start(calls, id, &request);
  return OS2_GRPC_OK;
}

os2_filesync *os2_filesync_calls_find(const os2_filesync_calls *calls, int32_t id) {
  for (const transfer *t = calls->transfers; t != NULL; t = t->next)
    if (t->id == id) return t->sync;
  return NULL;
}

static void filesync_calls_add(os2_filesync_stats *sum, const transfer *t) {
  if (!t->is_context) return;
  os2_filesync_stats stats = os2_filesync_count(t->sync);
  sum->files += stats.files;
  sum->bytes += stats.bytes;
}

void os2_filesync_calls_close(os2_filesync_calls *calls, int32_t id) {
  transfer **at = &calls->transfers;
  while (*at != NULL && (*at)->id != id) at = &(*at)->next;
  transfer *t = *at;
  if (t == NULL) return;
  *at = t->next;
  filesync_calls_add(&calls->ended, t);
  os2_filesync_close(t->sync);
  free(t);
}

os2_filesync_stats os2_filesync_calls_count(const os2_filesync_calls *calls) {
  os2_filesync_stats sum = calls->ended;
  for (const transfer *t = calls->transfers; t != NULL; t = t->next) filesync_calls_add(&sum, t);
  return sum;
}

/* ---- life ---- */

os2_filesync_calls *os2_filesync_calls_new(os2_loop *loop, os2_shared_context *context,
                                           os2_sent_state *state,
                                           void (*wake)(void *arg, int32_t id), void *arg) {
  os2_filesync_calls *calls = os2_mem_zero(1, sizeof *calls);
  calls->loop = loop;
  calls->context = os2_shared_context_hold(context);
  calls->state = state;
  calls->wake = wake;
  calls->arg = arg;
  return calls;
}

void os2_filesync_calls_free(os2_filesync_calls *calls) {
  if (calls == NULL) return;
  while (calls->transfers != NULL) os2_filesync_calls_close(calls, calls->transfers->id);
  os2_shared_context_release(calls->context);
  free(calls);
}
