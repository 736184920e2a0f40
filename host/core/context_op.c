/* context_op: listing a build context as an operation, and sharing it with the build that reads it.
 */
#include "core/context_op.h"

#include "core/mem.h"

struct os2_shared_context {
  os2_context *context; /* NULL until it is listed */
  atomic_bool cancel;
  bool is_read;
  int references;
};

typedef struct listing {
  os2_op op;
  uv_work_t work;
  char *root;
  char *dockerfile; /* NULL: the usual one */
  os2_path_set *only;
  os2_shared_context *shared;
  os2_err err;
} listing;

/* ---- sharing ---- */

static os2_shared_context *hold(os2_shared_context *shared) {
  shared->references++;
  return shared;
}

void os2_shared_context_release(os2_shared_context *shared) {
  if (--shared->references > 0) return;
  if (shared->context != NULL) os2_context_close(shared->context);
  free(shared);
}

const os2_context *os2_shared_context_get(const os2_shared_context *shared) {
  return shared->context;
}

static ptrdiff_t read_body(void *arg, char *buffer, size_t room, os2_err *err) {
  os2_shared_context *shared = arg;
  return os2_context_read(shared->context, buffer, room, err);
}

static void destroy_body(void *arg) {
  os2_shared_context *shared = arg;
  shared->is_read = false;
  os2_shared_context_release(shared);
}

int os2_shared_context_body(os2_body *out, os2_shared_context *shared, os2_err *err) {
  if (shared->is_read)
    return os2_fail(err, OS2_CONFLICT,
                    "the context is being sent by another build: open one for each build");
  shared->is_read = true;
  os2_context_rewind(shared->context);
  *out = (os2_body){.read = read_body,
                    .destroy = destroy_body,
                    .arg = hold(shared),
                    .size = -1}; /* chunked: an engine cannot tell a torn tar from its length */
  return 0;
}

/* ---- listing ---- */

static void list(uv_work_t *work) {
  listing *l = work->data;
  os2_context_options options = {
      .root = l->root, .dockerfile = l->dockerfile, .only = l->only, .cancel = &l->shared->cancel};
  os2_context_open(&l->shared->context, &options, &l->err);
}

static void on_listed(uv_work_t *work, int status) {
  (void)status;
  listing *l = work->data;
  os2_op_finish(&l->op, &l->err);
  os2_op_release(&l->op);
}

static void cancel(os2_op *op) {
  listing *l = (listing *)op;
  atomic_store(&l->shared->cancel, true);
  uv_cancel((uv_req_t *)&l->work);
}

static void destroy(os2_op *op) {
  listing *l = (listing *)op;
  os2_shared_context_release(l->shared);
  free(l->root);
  free(l->dockerfile);
  os2_path_set_free(l->only);
  free(l);
}

static const os2_op_class CLASS = {"docker.context", cancel, NULL, destroy};

static char *copy_text(const char *text) {
  return text == NULL ? NULL : os2_mem_text(text, strlen(text));
}

os2_op *os2_context_start(os2_loop *loop, const char *root, const char *dockerfile,
                          os2_path_set *only) {
  listing *l = os2_mem_zero(1, sizeof *l);
  os2_op_init(&l->op, loop, &CLASS);
  l->root = copy_text(root);
  l->dockerfile = copy_text(dockerfile);
  l->only = only;
  l->shared = os2_mem_zero(1, sizeof *l->shared);
  atomic_init(&l->shared->cancel, false);
  hold(l->shared);
  l->work.data = l;
  uv_queue_work(&loop->uv, &l->work, list, on_listed);
  return &l->op;
}

os2_shared_context *os2_context_result(os2_op *op) { return hold(((listing *)op)->shared); }
