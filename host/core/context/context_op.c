/* context_op: lists a build context as an operation, and shares the context with the build that
   reads it. */
#include "core/context/context_op.h"

#include <stdlib.h>

#include "core/base/mem.h"
#include "core/context/context_reader.h"
#include "core/loop/worker.h"

struct os2_shared_context {
  os2_loop *loop;
  os2_context *context;  /* NULL until it is listed */
  os2_sent_state *state; /* NULL: none */
  bool is_claimed;       /* the state, by a build */
  os2_path_set *only;    /* what alone may be listed; NULL: no such list */
  atomic_bool cancel;
  os2_context_reader *body; /* the reader of the current body; NULL: there is no body */
  /* the reader whose thread uses the context; may belong to an earlier body */
  os2_context_reader *running;
  int references;
};

typedef struct listing {
  os2_op op;
  os2_worker worker;
  char *root;
  char *dockerfile; /* NULL: the usual one */
  bool is_unread_listed;
  bool is_selected;
  const char **sources; /* NULL: all */
  char *state_path;     /* NULL: no state */
  size_t state_limit;
  os2_shared_context *shared;
  os2_err err;
} listing;

/* ---- sharing ---- */

os2_shared_context *os2_shared_context_hold(os2_shared_context *shared) {
  shared->references++;
  return shared;
}

void os2_shared_context_release(os2_shared_context *shared) {
  if (--shared->references > 0) return;
  if (shared->context != NULL) os2_context_close(shared->context);
  os2_sent_state_close(shared->state);
  os2_path_set_free(shared->only);
  free(shared);
}

const os2_context *os2_shared_context_get(const os2_shared_context *shared) {
  return shared->context;
}

os2_sent_state *os2_shared_context_state(const os2_shared_context *shared) {
  return shared->is_claimed ? NULL : shared->state;
}

os2_sent_state *os2_shared_context_claim_state(os2_shared_context *shared) {
  os2_sent_state *state = os2_shared_context_state(shared);
  shared->is_claimed = true;
  return state;
}

void os2_shared_context_unlock_state(os2_shared_context *shared) {
  bool is_awaited = shared->is_claimed && shared->references > 1;
  if (shared->state != NULL) os2_sent_state_unlock(shared->state, is_awaited);
}

/* ---- the body ---- */

static void context_op_on_reader_ended(void *arg);

static void context_op_start_reader(os2_shared_context *shared) {
  shared->running = shared->body;
  atomic_store(&shared->cancel, false);
  os2_context_reader_start(shared->running, shared->loop, context_op_on_reader_ended,
                           os2_shared_context_hold(shared));
}

/* A new body may have to wait for the thread of the previous one, which ends only when its disk
   access returns. */
static void context_op_on_reader_ended(void *arg) {
  os2_shared_context *shared = arg;
  os2_context_reader *ended = shared->running;
  shared->running = NULL;
  if (ended != shared->body) os2_context_reader_free(ended);
  if (ended != shared->body && shared->body != NULL) context_op_start_reader(shared);
  os2_shared_context_release(shared);
}

static ptrdiff_t context_op_read_body(void *arg, char *buffer, size_t room, os2_err *err) {
  return os2_context_reader_read(((os2_shared_context *)arg)->body, buffer, room, err);
}

static void context_op_attach_body(void *arg, void (*wake)(os2_op *who), os2_op *who) {
  os2_context_reader_attach(((os2_shared_context *)arg)->body, wake, who);
}

static void context_op_destroy_body(void *arg) {
  os2_shared_context *shared = arg;
  os2_context_reader *reader = shared->body;
  shared->body = NULL;
  if (reader != shared->running) {
    os2_context_reader_free(reader);
  } else {
    atomic_store(&shared->cancel, true);
    os2_context_reader_stop(reader);
  }
  os2_shared_context_release(shared);
}

int64_t os2_shared_context_nest(os2_shared_context *shared, const char *name, int64_t mtime,
                                os2_err *err) {
  if (shared->running != NULL)
    return os2_fail(err, OS2_CONFLICT, "the context is being sent: open one for each build");
  os2_context_nest(shared->context, name, mtime);
  return (int64_t)os2_context_count(shared->context)->tar_size;
}

int os2_shared_context_body(os2_body *out, os2_shared_context *shared, os2_err *err) {
  if (shared->body != NULL)
    return os2_fail(err, OS2_CONFLICT,
                    "the context is being sent by another build: open one for each build");
  if (os2_context_check_read(shared->context, err) != 0) return -1;
  shared->body = os2_context_reader_new(shared->context);
  *out = (os2_body){.read = context_op_read_body,
                    .attach = context_op_attach_body,
                    .destroy = context_op_destroy_body,
                    .arg = os2_shared_context_hold(shared),
                    .size = -1}; /* chunked: an engine cannot tell a torn tar from its length */
  if (shared->running == NULL) context_op_start_reader(shared);
  return 0;
}

/* ---- listing ---- */

static void context_op_list(void *arg) {
  listing *l = arg;
  os2_context_options options = {.root = l->root,
                                 .dockerfile = l->dockerfile,
                                 .only = l->shared->only,
                                 .is_unread_listed = l->is_unread_listed,
                                 .cancel = &l->shared->cancel};
  if (os2_context_open(&l->shared->context, &options, &l->err) != 0) return;
  /* What it would say of a bad pattern, the engine says better. */
  os2_err unused;
  if (l->is_selected) os2_context_select(l->shared->context, l->sources, &unused);
  if (l->state_path != NULL)
    l->shared->state = os2_sent_state_open(l->state_path, l->shared->context, l->state_limit);
}

static void context_op_on_listed(void *arg) {
  listing *l = arg;
  if (l->worker.failure != 0)
    os2_fail_uv(&l->err, l->worker.failure, "no thread to list the context");
  os2_op_finish(&l->op, &l->err);
  os2_op_release(&l->op);
}

static void context_op_cancel(os2_op *op) { atomic_store(&((listing *)op)->shared->cancel, true); }

static void context_op_destroy(os2_op *op) {
  listing *l = (listing *)op;
  os2_shared_context_release(l->shared);
  free(l->root);
  free(l->dockerfile);
  free(l->state_path);
  for (const char **source = l->sources; source != NULL && *source != NULL; source++)
    os2_mem_drop(*source);
  free(l->sources);
  free(l);
}

static const os2_op_class CLASS = {"docker.context", context_op_cancel, NULL, context_op_destroy};

static const char **context_op_copy_list(const char *const *list) {
  if (list == NULL) return NULL;
  size_t count = 0;
  while (list[count] != NULL) count++;
  const char **copy = os2_mem_zero(count + 1, sizeof *copy);
  for (size_t i = 0; i < count; i++) copy[i] = os2_mem_copy(list[i]);
  return copy;
}

os2_op *os2_context_start(os2_loop *loop, const os2_context_request *request) {
  listing *l = os2_mem_zero(1, sizeof *l);
  os2_op_init(&l->op, loop, &CLASS);
  l->root = os2_mem_copy(request->root);
  l->dockerfile = os2_mem_copy(request->dockerfile);
  l->is_unread_listed = request->is_unread_listed;
  l->is_selected = request->is_selected;
  l->sources = context_op_copy_list(request->sources);
  l->state_path = os2_mem_copy(request->state_path);
  l->state_limit = request->state_limit;
  l->shared = os2_mem_zero(1, sizeof *l->shared);
  atomic_init(&l->shared->cancel, false);
  os2_shared_context_hold(l->shared);
  l->shared->loop = loop;
  l->shared->only = request->only;
  l->worker.work = context_op_list;
  l->worker.ended = context_op_on_listed;
  l->worker.arg = l;
  os2_worker_start(&l->worker, loop);
  return &l->op;
}

os2_shared_context *os2_context_result(os2_op *op) {
  return os2_shared_context_hold(((listing *)op)->shared);
}
