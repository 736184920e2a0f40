/* git_move: moves a checkout to another commit, and tells what the move would remove. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/git/git_int.h"
#include "core/git/git_untracked.h"

/* ---- is_ancestor ---- */

static int git_move_commit_of(git_oid *out, git_repository *repository, const char *revision) {
  git_object *found = NULL;
  git_object *commit = NULL;
  int code = git_revparse_single(&found, repository, revision);
  if (code == 0) code = git_object_peel(&commit, found, GIT_OBJECT_COMMIT);
  if (code == 0) *out = *git_object_id(commit);
  git_object_free(commit);
  git_object_free(found);
  return code;
}

/* Returns 1 when the commit is an ancestor, 0 when it is not, or libgit2's error code. */
static int git_move_is_contained(git_repository *repository, const char *commit, const char *of) {
  git_oid old;
  git_oid new;
  int code = git_move_commit_of(&old, repository, commit);
  if (code == 0) code = git_move_commit_of(&new, repository, of);
  if (code != 0) return code;
  return git_oid_equal(&old, &new) ? 1 : git_graph_descendant_of(repository, &new, &old);
}

int os2_git_is_ancestor(os2_git_job *job, os2_err *err) {
  const os2_git_request *asked = &job->request;
  git_repository *repository = NULL;
  if (os2_git_open(job, &repository, true, err) != 0) return -1;
  int code =
      git_move_is_contained(repository, asked->is_ancestor.commit, asked->is_ancestor.revision);
  job->result.is_so = code == 1;
  git_repository_free(repository);
  if (code >= 0) return 0;
  return os2_git_fail(job, code, err, "cannot compare %s with %s in %s", asked->is_ancestor.commit,
                      asked->is_ancestor.revision, asked->path);
}

/* ---- branch ---- */

static int git_move_note_branch(os2_git_job *job, git_repository *repository) {
  git_reference *branch = NULL;
  git_oid id;
  int code = git_branch_lookup(&branch, repository, job->request.branch.name, GIT_BRANCH_LOCAL);
  if (code == GIT_ENOTFOUND) return 0;
  if (code == 0) code = git_reference_name_to_id(&id, repository, git_reference_name(branch));
  if (code == 0) {
    git_oid_tostr(job->result.commit, sizeof job->result.commit, &id);
    job->result.is_so = git_branch_is_head(branch) != 1 && git_branch_is_checked_out(branch) == 1;
  }
  git_reference_free(branch);
  return code;
}

int os2_git_branch(os2_git_job *job, os2_err *err) {
  const char *branch = job->request.branch.name;
  git_repository *repository = NULL;
  if (os2_git_open(job, &repository, true, err) != 0) return -1;
  int code = git_move_note_branch(job, repository);
  if (code != 0)
    os2_git_fail(job, code, err, "cannot read the branch %s of %s", branch, job->request.path);
  git_repository_free(repository);
  return code == 0 ? 0 : -1;
}

/* ---- reset ---- */

static bool git_move_is_on(git_repository *repository, const char *branch) {
  git_reference *head = NULL;
  const char *name = NULL;
  if (git_repository_head(&head, repository) == 0 && git_reference_is_branch(head))
    git_branch_name(&name, head);
  bool is_it = name != NULL && strcmp(name, branch) == 0;
  git_reference_free(head);
  return is_it;
}

/* A clone of a single branch is configured to fetch that branch only, so the new branch is
   added. */
static int git_move_fetch_too(git_repository *repository, const os2_git_request *asked) {
  char *source = os2_mem_join("+refs/heads/", asked->reset.branch, ":refs/remotes/");
  char *target = os2_mem_join(asked->reset.remote, "/", asked->reset.branch);
  char *refspec = os2_mem_join(source, target, "");
  int code = git_remote_add_fetch(repository, asked->reset.remote, refspec);
  free(source);
  free(target);
  free(refspec);
  return code;
}

static bool git_move_is_fetched(git_repository *repository, const char *tracking) {
  git_buf remote = GIT_BUF_INIT;
  int code = git_branch_remote_name(&remote, repository, tracking);
  git_buf_dispose(&remote);
  return code == 0;
}

/* Sets the branch's upstream to the remote's branch of the same name, if there is one. */
static int git_move_follow(git_reference *branch, const os2_git_request *asked) {
  git_repository *repository = git_reference_owner(branch);
  git_reference *upstream = NULL;
  char *name = os2_mem_join(asked->reset.remote, "/", asked->reset.branch);
  int code = git_branch_lookup(&upstream, repository, name, GIT_BRANCH_REMOTE);
  if (code == 0) {
    if (!git_move_is_fetched(repository, git_reference_name(upstream)))
      code = git_move_fetch_too(repository, asked);
    if (code == 0) code = git_branch_set_upstream(branch, name);
  }
  git_reference_free(upstream);
  free(name);
  return code == GIT_ENOTFOUND ? 0 : code;
}

static int git_move_go_to(os2_git_job *job, git_repository *repository, const git_object *commit) {
  git_reference *branch = NULL;
  int code = git_branch_create(&branch, repository, job->request.reset.branch,
                               (const git_commit *)commit, 1);
  if (code == 0) code = git_move_follow(branch, &job->request);
  if (code == 0) code = git_repository_set_head(repository, git_reference_name(branch));
  git_reference_free(branch);
  return code;
}

/* The branch that was checked out must not move, so HEAD is detached before the checkout. */
static int git_move_move(os2_git_job *job, git_repository *repository, const git_object *commit) {
  const char *branch = job->request.reset.branch;
  git_checkout_options options = os2_git_checkout(job);
  bool is_other = branch != NULL && !git_move_is_on(repository, branch);
  int code = is_other ? git_repository_detach_head(repository) : 0;
  if (code == GIT_EUNBORNBRANCH) code = 0;
  if (code == 0) code = git_reset(repository, commit, GIT_RESET_HARD, &options);
  return code == 0 && is_other ? git_move_go_to(job, repository, commit) : code;
}

/* libgit2 would write all files that a sparse checkout leaves out. */
static int git_move_refuse_sparse(os2_git_job *job, git_repository *repository) {
  git_index *index = NULL;
  bool is_sparse = false;
  int code = os2_git_open_index(&index, repository);
  size_t count = code == 0 ? git_index_entrycount(index) : 0;
  for (size_t i = 0; i < count && !is_sparse; i++)
    is_sparse = os2_git_is_skipped(git_index_get_byindex(index, i));
  git_index_free(index);
  if (!is_sparse) return code;
  os2_fail(&job->fault, OS2_INVALID, "%s is a sparse checkout, which needs a git program",
           job->request.path);
  return GIT_EUSER;
}

static int git_move_reset(os2_git_job *job, git_repository *repository, os2_err *err) {
  const char *revision = job->request.reset.revision;
  git_object *target = NULL;
  git_object *commit = NULL;
  int code = git_revparse_single(&target, repository, revision);
  if (code == 0) code = git_object_peel(&commit, target, GIT_OBJECT_COMMIT);
  if (code == 0) code = git_move_refuse_sparse(job, repository);
  if (code == 0) code = git_move_move(job, repository, commit);
  git_object_free(commit);
  git_object_free(target);
  if (code == 0) return os2_git_note_head(job, repository, err);
  return os2_git_fail(job, code, err, "cannot reset %s to %s", job->request.path, revision);
}

int os2_git_reset(os2_git_job *job, os2_err *err) {
  git_repository *repository = NULL;
  if (os2_git_open(job, &repository, false, err) != 0) return -1;
  int code = git_move_reset(job, repository, err);
  git_repository_free(repository);
  return code;
}

/* ---- tree ---- */

static int git_move_note_entry(const char *above, const git_tree_entry *entry, void *arg) {
  os2_git_job *job = arg;
  char mode[16];
  if (os2_git_is_cancelled(job)) return -1;
  if (git_tree_entry_type(entry) == GIT_OBJECT_TREE) return 0;
  char *path = os2_mem_join(above, git_tree_entry_name(entry), "");
  snprintf(mode, sizeof mode, "%06o", (unsigned)git_tree_entry_filemode(entry));
  os2_git_add_entry(job, path, mode);
  free(path);
  return 0;
}

static int git_move_open_tree(os2_git_job *job, git_repository **repository, git_object **tree,
                              os2_err *err) {
  git_object *target = NULL;
  if (os2_git_open(job, repository, false, err) != 0) return -1;
  int code = git_revparse_single(&target, *repository, job->request.tree.revision);
  if (code == 0) code = git_object_peel(tree, target, GIT_OBJECT_TREE);
  git_object_free(target);
  if (code == 0) return 0;
  os2_git_fail(job, code, err, "cannot compare %s with %s", job->request.path,
               job->request.tree.revision);
  git_repository_free(*repository);
  return -1;
}

int os2_git_tree(os2_git_job *job, os2_err *err) {
  git_repository *repository = NULL;
  git_object *tree = NULL;
  if (git_move_open_tree(job, &repository, &tree, err) != 0) return -1;
  int code = git_tree_walk((const git_tree *)tree, GIT_TREEWALK_PRE, git_move_note_entry, job);
  if (code != 0)
    code = os2_git_fail(job, code, err, "cannot read %s in %s", job->request.tree.revision,
                        job->request.path);
  git_object_free(tree);
  git_repository_free(repository);
  return code;
}

/* ---- lost_submodules ---- */

static bool git_move_has_submodule(const git_tree *tree, const char *path) {
  git_tree_entry *entry = NULL;
  int code = git_tree_entry_bypath(&entry, tree, path);
  bool is_it = code == 0 && git_tree_entry_filemode(entry) == GIT_FILEMODE_COMMIT;
  git_tree_entry_free(entry);
  return is_it;
}

static bool git_move_is_empty_or_gone(git_repository *repository, const char *path) {
  char *full = os2_mem_join(git_repository_workdir(repository), path, "");
  DIR *directory = opendir(full);
  bool is_so = directory != NULL || errno == ENOENT;
  int count = 0;
  while (directory != NULL && count <= 2 && readdir(directory) != NULL) count++;
  if (directory != NULL) closedir(directory);
  free(full);
  return is_so && count <= 2;
}

static int git_move_on_untracked(const char *path, void *found) {
  (void)path;
  *(bool *)found = true;
  return 1;
}

static bool git_move_is_clean(os2_git_job *job, git_repository *repository, const char *path) {
  git_submodule *submodule = NULL;
  git_repository *inner = NULL;
  unsigned status = 0;
  bool has_untracked = false;
  int code = git_submodule_lookup(&submodule, repository, path);
  if (code == 0) code = git_submodule_open(&inner, submodule);
  if (code == 0) code = git_submodule_status(&status, repository, path, GIT_SUBMODULE_IGNORE_NONE);
  if (code == 0)
    code = os2_git_walk_untracked(job, inner, true, git_move_on_untracked, &has_untracked);
  git_repository_free(inner);
  git_submodule_free(submodule);
  return code == 0 && !GIT_SUBMODULE_STATUS_IS_WD_DIRTY(status);
}

/* A submodule that cannot be examined counts as one with work: git knows nothing of files in a
   submodule that was never checked out, or that belongs to another user. */
static bool git_move_has_work(os2_git_job *job, git_repository *repository, const char *path) {
  return !git_move_is_empty_or_gone(repository, path) && !git_move_is_clean(job, repository, path);
}

/* When the new commit has no such submodule, libgit2 removes its directory with everything in
   it. */
static int git_move_add_submodules(os2_git_job *job, git_repository *repository,
                                   const git_tree *tree) {
  git_index *index = NULL;
  int code = os2_git_open_index(&index, repository);
  size_t count = code == 0 ? git_index_entrycount(index) : 0;
  for (size_t i = 0; i < count; i++) {
    const git_index_entry *entry = git_index_get_byindex(index, i);
    if (entry->mode == GIT_FILEMODE_COMMIT && !git_move_has_submodule(tree, entry->path) &&
        git_move_has_work(job, repository, entry->path))
      os2_git_add_entry(job, entry->path, NULL);
  }
  git_index_free(index);
  return code;
}

int os2_git_lost_submodules(os2_git_job *job, os2_err *err) {
  git_repository *repository = NULL;
  git_object *tree = NULL;
  if (git_move_open_tree(job, &repository, &tree, err) != 0) return -1;
  int code = git_move_add_submodules(job, repository, (const git_tree *)tree);
  if (code != 0)
    code = os2_git_fail(job, code, err, "cannot compare %s with %s", job->request.path,
                        job->request.tree.revision);
  git_object_free(tree);
  git_repository_free(repository);
  return code;
}
