/* git_int: the internal declarations that the files of core/git share. */
#ifndef OS2_CORE_GIT_GIT_INT_H
#define OS2_CORE_GIT_GIT_INT_H

#include <git2.h>
#include <git2/sys/transport.h>

#include "core/git/git.h"
#include "core/git/git_channel.h"

/* A verb that is running. The loop thread owns the job; the worker thread borrows it until it is
   joined. */
typedef struct os2_git_job {
  os2_op op;               /* the first member: an os2_op * is an os2_git_job * */
  os2_git_request request; /* owns its strings; read-only once the thread runs */
  os2_git_channel channel;
  uv_async_t bell; /* signalled by the worker thread */
  uv_thread_t thread;
  atomic_bool has_ended; /* set as the last thing that the worker thread does with the job */

  os2_git_progress progress; /* protected by the channel's mutex */
  bool has_progress;         /* protected by the channel's mutex */

  /* Used by the worker thread; by the loop thread once the worker thread has ended: */
  git_smart_subtransport_definition definition;
  uint64_t told_at; /* nanoseconds; the time of the last progress event */
  bool has_answer;  /* a part of a server's answer was read */
  os2_err fault;    /* the transport's error; it takes precedence over libgit2's message for it */
  os2_err err;
  os2_git_result result;
} os2_git_job;

/* All functions below are called on the job's worker thread. */

bool os2_git_is_cancelled(const os2_git_job *job);

/* Reports progress to the owner, at a limited rate. Returns GIT_EUSER when the job was cancelled,
   else 0. */
int os2_git_tell(os2_git_job *job, const os2_git_progress *progress);

/* Fills err from the transport's error, or from libgit2's code and message. Returns -1. */
int os2_git_fail(os2_git_job *job, int code, os2_err *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Puts an object database backend in front of the repository's own ones. After a cancel no object
   can be read through it, which ends the work of libgit2 that cannot be interrupted otherwise (a
   checkout, a status). Returns libgit2's code. */
int os2_git_add_gate(os2_git_job *job, git_repository *repository);

/* Returns the options for a connection to a server: os2's transport, with progress. */
git_remote_connect_options os2_git_connecting(os2_git_job *job);
git_fetch_options os2_git_fetching(os2_git_job *job);

/* Returns the options for a checkout that overwrites existing files, with progress. */
git_checkout_options os2_git_checkout(os2_git_job *job);

/* Returns true when line ends or other attributes may affect a checkout of the tree. When they
   cannot, libgit2 need not look up attributes for each file, which takes a third of a checkout's
   time. */
bool os2_git_needs_filters(git_repository *repository, const git_tree *tree);

/* Opens a repository. Its owner must be trusted: by libgit2's rules, or by a `safe.directory` that
   ends with a star, which git accepts since 2.46. Returns libgit2's code. */
int os2_git_open_at(git_repository **out, const char *path, unsigned flags);

/* Opens the repository at the request's path; with `is_above` the repository that contains that
   path. Returns 0, or -1 with err. The caller frees the repository. */
int os2_git_open(os2_git_job *job, git_repository **out, bool is_above, os2_err *err);

/* Sets commit, branch and root of the result from the repository's HEAD. Returns 0, or -1 with
   err. */
int os2_git_note_head(os2_git_job *job, git_repository *repository, os2_err *err);

/* Returns true when the history was cut by a depth. libgit2 looks for the file `shallow` in the
   worktree's own directory, where a worktree of a shallow repository has none. */
bool os2_git_is_shallow(git_repository *repository);

/* Lists what differs from the index or the commit; the caller frees *out. Returns libgit2's
   code. */
int os2_git_list_status(git_status_list **out, git_repository *repository, git_status_show_t show,
                        unsigned flags);

/* Adds an entry to the result. Both texts are copied. */
void os2_git_add_entry(os2_git_job *job, const char *name, const char *value);

/* The verbs. Each returns 0, or -1 with err. */
int os2_git_clone(os2_git_job *job, os2_err *err);
int os2_git_fetch(os2_git_job *job, os2_err *err);
int os2_git_reset(os2_git_job *job, os2_err *err);
int os2_git_head(os2_git_job *job, os2_err *err);
int os2_git_branch(os2_git_job *job, os2_err *err);
int os2_git_is_ancestor(os2_git_job *job, os2_err *err);
int os2_git_tree(os2_git_job *job, os2_err *err);
int os2_git_untracked(os2_git_job *job, os2_err *err);
int os2_git_lost_submodules(os2_git_job *job, os2_err *err);
int os2_git_status(os2_git_job *job, os2_err *err);
int os2_git_files(os2_git_job *job, os2_err *err);
int os2_git_remotes(os2_git_job *job, os2_err *err);
int os2_git_ls_remote(os2_git_job *job, os2_err *err);
int os2_git_config_get(os2_git_job *job, os2_err *err);
int os2_git_config_set(os2_git_job *job, os2_err *err);

#endif
