/* git: what os2 does with git repositories. Each verb is one operation and runs on a worker thread
   of its own. */
#include "core/git/git.h"

#include <stdlib.h>

#include "core/base/mem.h"
#include "core/base/must.h"
#include "core/git/git_int.h"
#include "core/git/git_request.h"
#include "core/loop/worker.h"

static int live; /* jobs whose thread is not joined yet; used by the loop thread only */

/* ---- on the worker thread ---- */

static int (*const verbs[])(os2_git_job *, os2_err *) = {
    [OS2_GIT_CLONE] = os2_git_clone,
    [OS2_GIT_FETCH] = os2_git_fetch,
    [OS2_GIT_RESET] = os2_git_reset,
    [OS2_GIT_HEAD] = os2_git_head,
    [OS2_GIT_BRANCH] = os2_git_branch,
    [OS2_GIT_IS_ANCESTOR] = os2_git_is_ancestor,
    [OS2_GIT_TREE] = os2_git_tree,
    [OS2_GIT_UNTRACKED] = os2_git_untracked,
    [OS2_GIT_LOST_SUBMODULES] = os2_git_lost_submodules,
    [OS2_GIT_STATUS] = os2_git_status,
    [OS2_GIT_FILES] = os2_git_files,
    [OS2_GIT_REMOTES] = os2_git_remotes,
    [OS2_GIT_LS_REMOTE] = os2_git_ls_remote,
    [OS2_GIT_CONFIG_GET] = os2_git_config_get,
    [OS2_GIT_CONFIG_SET] = os2_git_config_set,
};

/* Initializes libgit2, which takes 3.5 ms and is therefore done at the first use. It is never shut
   down, because other threads may be using it. */
static void git_start_library(void) {
  git_libgit2_init();
  /* An object is verified when it arrives; like git, os2 does not verify it again at each read. */
  git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
}

static void git_work(void *arg) {
  static uv_once_t once = UV_ONCE_INIT;
  os2_git_job *job = arg;
  uv_once(&once, git_start_library);
  verbs[job->request.verb](job, &job->err);
  atomic_store(&job->has_ended, true);
  uv_async_send(&job->bell);
}

/* ---- on the loop thread ---- */

static void git_on_gone(uv_handle_t *bell) {
  os2_git_job *job = bell->data;
  live--;
  os2_op_release(&job->op);
}

static void git_let_go(os2_git_job *job) {
  os2_git_channel_cancel(&job->channel);
  uv_close((uv_handle_t *)&job->bell, git_on_gone);
}

static void git_push_progress(os2_git_job *job) {
  uv_mutex_lock(&job->channel.mutex);
  os2_git_progress progress = job->progress;
  bool has_progress = job->has_progress;
  job->has_progress = false;
  uv_mutex_unlock(&job->channel.mutex);
  if (has_progress && !os2_op_is_full(&job->op))
    os2_op_push(&job->op, 0, (const char *)&progress, sizeof progress);
}

static void git_on_bell(uv_async_t *bell) {
  os2_git_job *job = bell->data;
  git_push_progress(job);
  if (!atomic_load(&job->has_ended)) {
    os2_git_channel_serve(&job->channel);
    return;
  }
  uv_thread_join(&job->thread);
  job->result.moved_to = job->channel.moved_to;
  job->channel.moved_to = NULL;
  os2_op_finish(&job->op, &job->err);
  git_let_go(job);
}

/* Wakes the worker thread, which removes what it has made and then ends. */
static void git_cancel(os2_op *op) { os2_git_channel_cancel(&((os2_git_job *)op)->channel); }

/* ---- what a job holds ---- */

static void git_free_result(os2_git_result *result) {
  for (size_t i = 0; i < result->count; i++) {
    free(result->entries[i].name);
    free(result->entries[i].value);
  }
  free(result->entries);
  free(result->branch);
  free(result->root);
  free(result->directory);
  free(result->value);
  free(result->moved_to);
}

static void git_destroy(os2_op *op) {
  os2_git_job *job = (os2_git_job *)op;
  os2_git_channel_close(&job->channel);
  os2_git_request_free(&job->request);
  git_free_result(&job->result);
  free(job);
}

/* ---- starting ---- */

enum { HIGH_WATER_BYTES = 64 * 1024 };

static const os2_op_class git_class = {.name = "git", .cancel = git_cancel, .destroy = git_destroy};

static void git_open_channel(os2_git_job *job, os2_loop *loop) {
  const os2_git_server *server = &job->request.server;
  double timeout = job->request.timeout;
  os2_git_channel *channel = &job->channel;
  os2_git_channel_open(channel, loop, &job->bell);
  channel->ca_file = server->ca_file;
  channel->connect_timeout = server->connect_timeout > 0 ? server->connect_timeout : timeout;
  channel->idle_timeout = server->idle_timeout > 0 ? server->idle_timeout : timeout;
  channel->list_limit = server->list_limit;
  channel->move_limit = server->move_limit;
}

static os2_git_job *git_new_job(os2_loop *loop, const os2_git_request *request) {
  os2_git_job *job = os2_mem_zero(1, sizeof *job);
  os2_op_init(&job->op, loop, &git_class);
  job->op.high_water = HIGH_WATER_BYTES;
  job->request = os2_git_request_copy(request);
  atomic_init(&job->has_ended, false);
  os2_must(uv_async_init(&loop->uv, &job->bell, git_on_bell), "uv_async_init");
  job->bell.data = job;
  git_open_channel(job, loop);
  live++;
  return job;
}

os2_op *os2_git_start(os2_loop *loop, const os2_git_request *request, os2_err *err) {
  if (os2_git_request_check(request, err) != 0) return NULL;
  os2_git_job *job = git_new_job(loop, request);
  int code = os2_thread_start(&job->thread, git_work, job);
  if (code == 0) {
    os2_op_set_deadline(&job->op, request->timeout);
    return &job->op;
  }
  os2_fail_uv(err, code, "no thread for git");
  os2_op_finish(&job->op, err);
  git_let_go(job);
  os2_op_close(&job->op);
  return NULL;
}

const os2_git_result *os2_git_result_of(const os2_op *op) {
  return &((const os2_git_job *)op)->result;
}

void os2_git_drain(os2_loop *loop, double seconds) {
  uint64_t due = uv_hrtime() + os2_milliseconds(seconds) * 1000000;
  os2_loop_poll(loop);
  while (live > 0 && uv_hrtime() < due) {
    uv_sleep(1);
    os2_loop_poll(loop);
  }
}

const char *os2_git_version(void) { return LIBGIT2_VERSION; }
