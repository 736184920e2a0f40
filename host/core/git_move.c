/* git_move: what it would mean to move a checkout to another commit. */
#include "core/git_int.h"

/* ---- is_ancestor ---- */

static int commit_of(git_oid *out, git_repository *repository, const char *revision) {
  git_object *found = NULL;
  git_object *commit = NULL;
  int code = git_revparse_single(&found, repository, revision);
  if (code == 0) code = git_object_peel(&commit, found, GIT_OBJECT_COMMIT);
  if (code == 0) *out = *git_object_id(commit);
  git_object_free(commit);
  git_object_free(found);
  return code;
}

/* 1, 0, or libgit2's code. */
static int is_contained(git_repository *repository, const char *commit, const char *of) {
  git_oid old;
  git_oid new;
  int code = commit_of(&old, repository, commit);
  if (code == 0) code = commit_of(&new, repository, of);
  if (code != 0) return code;
  return git_oid_equal(&old, &new) ? 1 : git_graph_descendant_of(repository, &new, &old);
}

int os2_git_is_ancestor(os2_git_job *job, os2_err *err) {
  const os2_git_request *asked = &job->request;
  git_repository *repository = NULL;
  if (os2_git_open(job, &repository, true, err) != 0) return -1;
  int code = is_contained(repository, asked->commit, asked->revision);
  job->result.is_so = code == 1;
  git_repository_free(repository);
  if (code >= 0) return 0;
  return os2_git_fail(job, code, err, "cannot compare %s with %s in %s", asked->commit,
                      asked->revision, asked->path);
}
