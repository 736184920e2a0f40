/* git_int: what the files of core's git share. */
#ifndef OS2_CORE_GIT_GIT_INT_H
#define OS2_CORE_GIT_GIT_INT_H

#include <git2.h>
#include <git2/sys/transport.h>

#include "core/git/git.h"
#include "core/git/git_channel.h"

/* One verb at work. It is the loop's; its thread borrows it until it was joined. */
typedef struct os2_git_job {
  os2_op op;               /* first: an os2_op * is an os2_git_job * */
  os2_git_request request; /* owns its strings; nobody writes to it */
  os2_git_channel channel;
  uv_async_t bell; /* rung by the thread */
  uv_thread_t thread;
  atomic_bool has_ended; /* the thread touches nothing any more but its own end */

  os2_git_progress progress; /* under the channel's mutex */
  bool has_progress;         /* the same */

  /* The thread's, and the loop's once it has ended: */
  git_smart_subtransport_definition definition;
  uint64_t told_at; /* ns, when progress was last told */
  bool has_answer;  /* something of a server's answer was read */
  os2_err fault;    /* what the transport met; it goes before libgit2's words for it */
  os2_err err;
  os2_git_result result;
} os2_git_job;

/* All below is called on the job's thread. */

bool os2_git_is_cancelled(const os2_git_job *job);

/* Tells the owner, now and then; GIT_EUSER when the job was cancelled, else 0. */
int os2_git_tell(os2_git_job *job, const os2_git_progress *progress);

/* Fills err from libgit2's code and words, or from what lies below them; returns -1. */
int os2_git_fail(os2_git_job *job, int code, os2_err *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Puts a gate before the repository's objects: after a cancel none can be read, which ends what
   libgit2 lets nobody interrupt (a checkout, a status). Returns libgit2's code. */
int os2_git_add_gate(os2_git_job *job, git_repository *repository);

/* How a server is talked to: over our transport, with progress. */
git_remote_connect_options os2_git_connecting(os2_git_job *job);
git_fetch_options os2_git_fetching(os2_git_job *job);

/* How files are checked out: over what is there, with progress. */
git_checkout_options os2_git_checkout(os2_git_job *job);

/* Whether line ends and other attributes may matter to a checkout of that tree. Without, libgit2
   need not ask after them for each file, which takes a third of a checkout's time. */
bool os2_git_needs_filters(git_repository *repository, const git_tree *tree);

/* Opens a repository, whose owner must be trusted: as libgit2 does, and by a `safe.directory` that
   ends in a star, which git knows since 2.46. Returns libgit2's code. */
int os2_git_open_at(git_repository **out, const char *path, unsigned flags);

/* Opens the repository at the request's path, or with `is_above` the one around it. */
int os2_git_open(os2_git_job *job, git_repository **out, bool is_above, os2_err *err);

/* Fills commit, branch and root of the result from the repository's HEAD. */
int os2_git_note_head(os2_git_job *job, git_repository *repository, os2_err *err);

/* Whether history was cut off by a depth. libgit2 looks beside the working tree's own HEAD, where a
   worktree of a shallow repository has no such file. */
bool os2_git_is_shallow(git_repository *repository);

/* What differs from the index or the commit. Returns libgit2's code. */
int os2_git_list_status(git_status_list **out, git_repository *repository, git_status_show_t show,
                        unsigned flags);

/* Adds an entry to the result; copies both. */
void os2_git_add_entry(os2_git_job *job, const char *name, const char *value);

/* The verbs: 0, or -1 with err. */
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
