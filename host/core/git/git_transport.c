/* git_transport: libgit2's smart protocol over the job's channel. */
#include <git2/sys/errors.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/git/git_int.h"

typedef struct subtransport {
  git_smart_subtransport parent;
  os2_git_job *job;
} subtransport;

/* One request and its answer. libgit2 writes the whole request before it reads. */
typedef struct stream {
  git_smart_subtransport_stream parent;
  os2_git_job *job;
  os2_git_http request; /* empty after it was sent */
  bool is_sent;
} stream;

static int git_transport_stream_write(git_smart_subtransport_stream *parent, const char *data,
                                      size_t len) {
  os2_git_http *request = &((stream *)parent)->request;
  request->body = os2_mem_resize(request->body, request->body_len + len, 1);
  memcpy(request->body + request->body_len, data, len);
  request->body_len += len;
  return 0;
}

static void git_transport_send_once(stream *it) {
  if (it->is_sent) return;
  it->is_sent = true;
  os2_git_channel_send(&it->job->channel, &it->request);
  it->request = (os2_git_http){.repository = NULL};
}

static int git_transport_stream_read(git_smart_subtransport_stream *parent, char *buffer,
                                     size_t room, size_t *got) {
  stream *it = (stream *)parent;
  git_transport_send_once(it);
  ptrdiff_t count = os2_git_channel_read(&it->job->channel, buffer, room, &it->job->fault);
  if (count < 0) return GIT_EUSER; /* the job holds the error */
  *got = (size_t)count;
  it->job->has_answer = true;
  /* an error that libgit2 reports from here on is about the answer, not about an earlier lookup */
  git_error_clear();
  return 0;
}

static void git_transport_stream_free(git_smart_subtransport_stream *parent) {
  os2_git_http_free(&((stream *)parent)->request);
  free(parent);
}

/* The URL may differ from the one in the request, because the user's git configuration can rewrite
   it. */
static int git_transport_action(git_smart_subtransport_stream **out, git_smart_subtransport *parent,
                                const char *url, git_smart_service_t service) {
  os2_git_job *job = ((subtransport *)parent)->job;
  if (service != GIT_SERVICE_UPLOADPACK_LS && service != GIT_SERVICE_UPLOADPACK)
    os2_fail(&job->fault, OS2_INVALID, "git: os2 does not push");
  if (job->fault.kind != OS2_OK || os2_git_check_url(url, &job->fault) != 0) return GIT_EUSER;
  const os2_git_server *asked = &job->request.server;
  stream *it = os2_mem_zero(1, sizeof *it);
  it->parent = (git_smart_subtransport_stream){.subtransport = parent,
                                               .read = git_transport_stream_read,
                                               .write = git_transport_stream_write,
                                               .free = git_transport_stream_free};
  it->job = job;
  it->request.repository = os2_mem_copy(url);
  it->request.authorization =
      os2_git_authorization(url, asked->credentials, asked->credential_count);
  *out = &it->parent;
  return 0;
}

static int git_transport_close_nothing(git_smart_subtransport *parent) {
  (void)parent;
  return 0;
}

static void git_transport_free_subtransport(git_smart_subtransport *parent) { free(parent); }

static int git_transport_new_subtransport(git_smart_subtransport **out, git_transport *owner,
                                          void *job) {
  (void)owner;
  subtransport *it = os2_mem_zero(1, sizeof *it);
  it->parent = (git_smart_subtransport){.action = git_transport_action,
                                        .close = git_transport_close_nothing,
                                        .free = git_transport_free_subtransport};
  it->job = job;
  *out = &it->parent;
  return 0;
}

static int git_transport_create(git_transport **out, git_remote *owner, void *arg) {
  os2_git_job *job = arg;
  job->definition =
      (git_smart_subtransport_definition){.callback = git_transport_new_subtransport,
                                          .rpc = 1 /* each request is independent of the others */,
                                          .param = job};
  return git_transport_smart(out, owner, &job->definition);
}

static int git_transport_on_transfer(const git_indexer_progress *stats, void *arg) {
  bool has_all = stats->received_objects == stats->total_objects && stats->total_deltas > 0;
  os2_git_progress progress = {.phase = has_all ? OS2_GIT_RESOLVE : OS2_GIT_RECEIVE,
                               .done = has_all ? stats->indexed_deltas : stats->received_objects,
                               .total = has_all ? stats->total_deltas : stats->total_objects,
                               .bytes = stats->received_bytes};
  return os2_git_tell(arg, &progress);
}

static void git_transport_set_callbacks(os2_git_job *job, git_remote_callbacks *callbacks) {
  callbacks->transport = git_transport_create;
  callbacks->transfer_progress = git_transport_on_transfer;
  callbacks->payload = job;
}

git_remote_connect_options os2_git_connecting(os2_git_job *job) {
  git_remote_connect_options options;
  git_remote_connect_options_init(&options, GIT_REMOTE_CONNECT_OPTIONS_VERSION);
  git_transport_set_callbacks(job, &options.callbacks);
  return options;
}

git_fetch_options os2_git_fetching(os2_git_job *job) {
  git_fetch_options options;
  git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
  git_transport_set_callbacks(job, &options.callbacks);
  /* os2 does not use .git/FETCH_HEAD, and the file would keep the URL */
  options.update_fetchhead = 0;
  return options;
}

static void git_transport_on_checkout(const char *path, size_t done, size_t total, void *job) {
  (void)path;
  os2_git_progress progress = {.phase = OS2_GIT_CHECKOUT, .done = done, .total = total};
  os2_git_tell(job, &progress); /* a checkout cannot be stopped here; the gate stops it */
}

git_checkout_options os2_git_checkout(os2_git_job *job) {
  git_checkout_options options;
  git_checkout_options_init(&options, GIT_CHECKOUT_OPTIONS_VERSION);
  options.checkout_strategy = GIT_CHECKOUT_FORCE;
  options.progress_cb = git_transport_on_checkout;
  options.progress_payload = job;
  return options;
}
