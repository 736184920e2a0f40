/* git_clone: clones one branch of a repository into a directory that appears when it is
   complete. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/git/git_int.h"
#include "core/git/git_place.h"

#define HEADS "refs/heads/"

/* What a running clone holds. */
typedef struct cloning {
  os2_git_job *job;
  git_repository *repository;
  git_remote *remote; /* in memory only; "origin" is written when the branch is known */
  char *branch;
  char *refspec;
} cloning;

/* ---- which branch ---- */

static bool git_clone_has_branch(const char *branch, const git_remote_head **heads, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (strncmp(heads[i]->name, HEADS, strlen(HEADS)) == 0 &&
        strcmp(heads[i]->name + strlen(HEADS), branch) == 0)
      return true;
  return false;
}

static int git_clone_take_default_branch(cloning *it, os2_err *err) {
  git_buf name = GIT_BUF_INIT;
  int code = git_remote_default_branch(&name, it->remote);
  bool is_branch = code == 0 && strncmp(name.ptr, HEADS, strlen(HEADS)) == 0;
  if (is_branch) it->branch = os2_mem_text(name.ptr + strlen(HEADS), name.size - strlen(HEADS));
  git_buf_dispose(&name);
  if (is_branch) return 0;
  if (code != 0 && code != GIT_ENOTFOUND)
    return os2_git_fail(it->job, code, err, "cannot tell the default branch of %s",
                        it->job->request.clone.url);
  return os2_fail(err, OS2_NOT_FOUND, "%s has no default branch: name one",
                  it->job->request.clone.url);
}

/* Chooses the branch before anything is transferred. */
static int git_clone_choose_branch(cloning *it, os2_err *err) {
  const os2_git_request *asked = &it->job->request;
  const git_remote_head **heads;
  size_t count;
  if (asked->clone.branch == NULL) return git_clone_take_default_branch(it, err);
  int code = git_remote_ls(&heads, &count, it->remote);
  if (code != 0) return os2_git_fail(it->job, code, err, "cannot list %s", asked->clone.url);
  if (!git_clone_has_branch(asked->clone.branch, heads, count))
    return os2_fail(err, OS2_NOT_FOUND, "%s has no branch %s", asked->clone.url,
                    asked->clone.branch);
  it->branch = os2_mem_copy(asked->clone.branch);
  return 0;
}

/* ---- the transfer ---- */

static int git_clone_open_remote(cloning *it, const char *directory, os2_err *err) {
  git_repository_init_options options;
  git_remote_connect_options connecting = os2_git_connecting(it->job);
  const char *url = it->job->request.clone.url;
  git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
  int code = git_repository_init_ext(&it->repository, directory, &options);
  if (code == 0) code = os2_git_add_gate(it->job, it->repository);
  if (code == 0) code = git_remote_create_anonymous(&it->remote, it->repository, url);
  if (code == 0) code = git_remote_connect_ext(it->remote, GIT_DIRECTION_FETCH, &connecting);
  return code == 0 ? 0 : os2_git_fail(it->job, code, err, "cannot clone %s", url);
}

/* Fetches a single branch, because a depth would apply to every branch. The tags are not fetched
   for a shallow history: they would name commits that are missing. */
static int git_clone_fetch(cloning *it, os2_err *err) {
  git_fetch_options options = os2_git_fetching(it->job);
  options.depth = it->job->request.clone.depth;
  options.download_tags =
      options.depth > 0 ? GIT_REMOTE_DOWNLOAD_TAGS_NONE : GIT_REMOTE_DOWNLOAD_TAGS_AUTO;
  char *source = os2_mem_join("+" HEADS, it->branch, ":");
  it->refspec = os2_mem_join(source, "refs/remotes/origin/", it->branch);
  free(source);
  git_strarray refspecs = {.strings = &it->refspec, .count = 1};
  int code = git_remote_fetch(it->remote, &refspecs, &options, "clone");
  return code == 0
             ? 0
             : os2_git_fail(it->job, code, err, "cannot clone %s", it->job->request.clone.url);
}

/* ---- the repository ---- */

static int git_clone_write_origin(const cloning *it) {
  git_remote *origin = NULL;
  git_reference *head = NULL;
  char *tip = os2_mem_join("refs/remotes/origin/", it->branch, "");
  int code = git_remote_create_with_fetchspec(&origin, it->repository, "origin",
                                              it->job->request.clone.url, it->refspec);
  if (code == 0)
    code = git_reference_symbolic_create(&head, it->repository, "refs/remotes/origin/HEAD", tip, 1,
                                         NULL);
  git_reference_free(head);
  git_remote_free(origin);
  free(tip);
  return code;
}

static int git_clone_set_head(const cloning *it, const git_commit *commit) {
  git_reference *branch = NULL;
  char *upstream = os2_mem_join("origin/", it->branch, "");
  int code = git_branch_create(&branch, it->repository, it->branch, commit, 1);
  if (code == 0) code = git_branch_set_upstream(branch, upstream);
  if (code == 0) code = git_repository_set_head(it->repository, git_reference_name(branch));
  git_reference_free(branch);
  free(upstream);
  return code;
}

static int git_clone_write_branch(const cloning *it) {
  git_oid id;
  git_commit *commit = NULL;
  char *tip = os2_mem_join("refs/remotes/origin/", it->branch, "");
  int code = git_reference_name_to_id(&id, it->repository, tip);
  if (code == 0) code = git_commit_lookup(&commit, it->repository, &id);
  if (code == 0) code = git_clone_set_head(it, commit);
  git_commit_free(commit);
  free(tip);
  return code;
}

static int git_clone_check_out(const cloning *it) {
  git_checkout_options options = os2_git_checkout(it->job);
  git_object *tree = NULL;
  int code = git_revparse_single(&tree, it->repository, "HEAD^{tree}");
  if (code == 0) {
    options.disable_filters = !os2_git_needs_filters(it->repository, (const git_tree *)tree);
    code = git_checkout_head(it->repository, &options);
  }
  git_object_free(tree);
  return code;
}

static int git_clone_write_tree(cloning *it, os2_err *err) {
  int code = git_clone_write_origin(it);
  if (code == 0) code = git_clone_write_branch(it);
  if (code == 0) code = git_clone_check_out(it);
  if (code == 0) return os2_git_note_head(it->job, it->repository, err);
  return os2_git_fail(it->job, code, err, "cannot check %s out", it->branch);
}

static int git_clone_into(os2_git_job *job, const char *directory, os2_err *err) {
  cloning it = {.job = job};
  int code = git_clone_open_remote(&it, directory, err);
  if (code == 0) code = git_clone_choose_branch(&it, err);
  if (code == 0) code = git_clone_fetch(&it, err);
  if (code == 0) code = git_clone_write_tree(&it, err);
  git_remote_free(it.remote);
  git_repository_free(it.repository);
  free(it.branch);
  free(it.refspec);
  return code;
}

static int git_clone_keep(os2_git_job *job, os2_git_place *place, os2_err *err) {
  if (os2_git_is_cancelled(job)) return os2_fail(err, OS2_CANCELLED, "cancelled");
  if (os2_git_place_keep(place, err) != 0) return -1;
  free(job->result.root);
  job->result.root = os2_mem_copy(place->target);
  return 0;
}

int os2_git_clone(os2_git_job *job, os2_err *err) {
  os2_git_place place;
  int code = os2_git_place_open(&place, job->request.path, err);
  if (code == 0) code = git_clone_into(job, place.path, err);
  if (code == 0) code = git_clone_keep(job, &place, err);
  os2_git_place_close(&place);
  return code;
}
