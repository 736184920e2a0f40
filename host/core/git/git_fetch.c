/* git_fetch: updates a clone, and lists the references of a server. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/git/git_int.h"

/* ---- fetch ---- */

/* With libgit2 1.8 a fetch into a shallow clone loses its boundary, which makes the repository
   unusable. */
static int git_fetch_refuse_shallow(git_repository *repository, const os2_git_request *asked,
                                    os2_err *err) {
  if (!os2_git_is_shallow(repository)) return 0;
  return os2_fail(err, OS2_INVALID,
                  "%s is a shallow clone, which cannot be updated: clone it again", asked->path);
}

/* Returns the name under refs/remotes of the branch in the request; NULL when it names none. */
static char *git_fetch_tracking_name(const os2_git_request *asked) {
  if (asked->fetch.branch == NULL) return NULL;
  char *namespace = os2_mem_join("refs/remotes/", asked->fetch.remote, "/");
  char *name = os2_mem_join(namespace, asked->fetch.branch, "");
  free(namespace);
  return name;
}

static char *git_fetch_refspec_of(const os2_git_request *asked, const char *tracking) {
  char *source = os2_mem_join("+refs/heads/", asked->fetch.branch, ":");
  char *refspec = os2_mem_join(source, tracking, "");
  free(source);
  return refspec;
}

static int git_fetch_on_update(const char *name, const git_oid *before, const git_oid *after,
                               void *arg) {
  (void)name;
  os2_git_job *job = arg;
  if (git_oid_equal(before, after) == 0) job->result.has_changed = true;
  return 0;
}

static int git_fetch_transfer(os2_git_job *job, git_remote *remote, char *refspec) {
  git_fetch_options options = os2_git_fetching(job);
  options.callbacks.update_tips = git_fetch_on_update;
  git_strarray refspecs = {.strings = &refspec, .count = 1};
  return git_remote_fetch(remote, refspec != NULL ? &refspecs : NULL, &options, "fetch");
}

static int git_fetch_missing_branch(const os2_git_request *asked, os2_err *err) {
  return os2_fail(err, OS2_NOT_FOUND, "%s of %s has no branch %s", asked->fetch.remote, asked->path,
                  asked->fetch.branch);
}

/* libgit2 does not report that the server no longer has the branch. The local copy of the branch
   would then be out of date without an error. */
static int git_fetch_check_offered(os2_git_job *job, git_remote *remote, os2_err *err) {
  const os2_git_request *asked = &job->request;
  git_remote_connect_options options = os2_git_connecting(job);
  const git_remote_head **heads;
  size_t count;
  int code = git_remote_connect_ext(remote, GIT_DIRECTION_FETCH, &options);
  if (code == 0) code = git_remote_ls(&heads, &count, remote);
  if (code != 0) return os2_git_fail(job, code, err, "cannot fetch %s", asked->fetch.remote);
  if (asked->fetch.branch == NULL) return 0;
  for (size_t i = 0; i < count; i++)
    if (strncmp(heads[i]->name, "refs/heads/", 11) == 0 &&
        strcmp(heads[i]->name + 11, asked->fetch.branch) == 0)
      return 0;
  return git_fetch_missing_branch(asked, err);
}

/* Returns the upstream of the current branch; NULL when HEAD is detached or the branch has no
   upstream. */
static git_reference *git_fetch_followed(git_repository *repository) {
  git_reference *head = NULL;
  git_reference *upstream = NULL;
  if (git_repository_head(&head, repository) == 0) git_branch_upstream(&upstream, head);
  git_reference_free(head);
  return upstream;
}

static void git_fetch_note_tip(os2_git_job *job, git_repository *repository, const char *tracking) {
  git_reference *tip = NULL;
  if (tracking == NULL)
    tip = git_fetch_followed(repository);
  else
    git_reference_lookup(&tip, repository, tracking);
  const git_oid *id = tip != NULL ? git_reference_target(tip) : NULL;
  if (id != NULL) git_oid_tostr(job->result.commit, sizeof job->result.commit, id);
  git_reference_free(tip);
}

static int git_fetch_remote(os2_git_job *job, git_repository *repository, git_remote *remote,
                            os2_err *err) {
  char *tracking = git_fetch_tracking_name(&job->request);
  char *refspec = tracking != NULL ? git_fetch_refspec_of(&job->request, tracking) : NULL;
  int code = git_fetch_check_offered(job, remote, err);
  if (code == 0) {
    code = git_fetch_transfer(job, remote, refspec);
    if (code != 0)
      code = os2_git_fail(job, code, err, "cannot fetch %s", job->request.fetch.remote);
  }
  if (code == 0) git_fetch_note_tip(job, repository, tracking);
  free(tracking);
  free(refspec);
  return code;
}

int os2_git_fetch(os2_git_job *job, os2_err *err) {
  git_repository *repository = NULL;
  git_remote *remote = NULL;
  if (os2_git_open(job, &repository, false, err) != 0) return -1;
  int code = git_fetch_refuse_shallow(repository, &job->request, err);
  if (code == 0) {
    code = git_remote_lookup(&remote, repository, job->request.fetch.remote);
    if (code != 0)
      code = os2_git_fail(job, code, err, "cannot fetch %s", job->request.fetch.remote);
  }
  if (code == 0) code = git_fetch_remote(job, repository, remote, err);
  git_remote_free(remote);
  git_repository_free(repository);
  return code;
}

/* ---- ls_remote ---- */

static int git_fetch_list_heads(os2_git_job *job, git_remote *remote) {
  const git_remote_head **heads;
  size_t count;
  char commit[65];
  int code = git_remote_ls(&heads, &count, remote);
  for (size_t i = 0; code == 0 && i < count; i++) {
    git_oid_tostr(commit, sizeof commit, &heads[i]->oid);
    os2_git_add_entry(job, heads[i]->name, commit);
  }
  return code;
}

int os2_git_ls_remote(os2_git_job *job, os2_err *err) {
  git_remote *remote = NULL;
  git_remote_connect_options options = os2_git_connecting(job);
  int code = git_remote_create_detached(&remote, job->request.ls_remote.url);
  if (code == 0) code = git_remote_connect_ext(remote, GIT_DIRECTION_FETCH, &options);
  if (code == 0) code = git_fetch_list_heads(job, remote);
  if (code != 0) code = os2_git_fail(job, code, err, "cannot list %s", job->request.ls_remote.url);
  git_remote_free(remote);
  return code;
}
