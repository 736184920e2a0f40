/* git: what os2 does with git repositories, each as one operation on a thread of its own. */
#ifndef OS2_CORE_GIT_GIT_H
#define OS2_CORE_GIT_GIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/loop/loop.h"
#include "core/loop/op.h"

typedef enum os2_git_verb {
  OS2_GIT_CLONE,
  OS2_GIT_FETCH,
  OS2_GIT_RESET,
  OS2_GIT_HEAD,
  OS2_GIT_BRANCH,
  OS2_GIT_IS_ANCESTOR,
  OS2_GIT_TREE,
  OS2_GIT_UNTRACKED,
  OS2_GIT_LOST_SUBMODULES,
  OS2_GIT_STATUS,
  OS2_GIT_FILES,
  OS2_GIT_REMOTES,
  OS2_GIT_LS_REMOTE,
  OS2_GIT_CONFIG_GET,
  OS2_GIT_CONFIG_SET
} os2_git_verb;

/* Who we are to one host. */
typedef struct os2_git_credential {
  /* "github.com", or "host:port" where the port is not the scheme's own: over https, and over
     http only where it says so: "http://host:port". */
  const char *host;
  const char *username;
  const char *password;
} os2_git_credential;

/* What is asked. Strings are copied; what a verb has no use for is NULL or 0. */
typedef struct os2_git_request {
  os2_git_verb verb;
  const char *path;     /* of the working tree; all but ls_remote */
  const char *url;      /* clone, ls_remote: http or https, without user and password */
  const char *branch;   /* clone: NULL is the remote's default; fetch: NULL is what is configured;
                           reset: the local branch to go to, NULL is the current one; branch: which */
  const char *remote;   /* fetch, reset: NULL is "origin" */
  const char *revision; /* reset, tree, lost_submodules: "origin/main", a commit, …; is_ancestor: of
                           which */
  const char *commit;   /* is_ancestor: the one asked after */
  const char *key;      /* config */
  const char *value;    /* config_set: NULL takes the entry away */
  bool without_submodules; /* status: a submodule at another commit is no change */
  int depth; /* clone: commits of history, 0: all. A shallow clone cannot be fetched into */
  const os2_git_credential *credentials;
  size_t credential_count;
  const char *ca_file;    /* PEM bundle; NULL: the system's */
  size_t list_limit;      /* bytes of a server's list of references; 0: any */
  int move_limit;         /* redirects within a server's scheme, host and port that are followed */
  double timeout;         /* seconds for the whole */
  double connect_timeout; /* seconds for one connection; 0: as timeout */
  double idle_timeout;    /* seconds without a byte from the server; 0: as timeout */
} os2_git_request;

/* One line of an answer. */
typedef struct os2_git_entry {
  char *name;
  char *value; /* NULL where a name is all */
} os2_git_entry;

/* What came of it; which fields hold depends on the verb:
     clone, reset, head  commit, branch (NULL: detached), root (of the working tree)
     head                directory (git's own, of this working tree), is_shallow, too
     branch              commit ("": there is no such local branch), is_so: it is another
                         worktree's current one
     is_ancestor         is_so: also where both are the same commit
     fetch               commit (the tip of the branch, or of what the current one follows),
                         has_changed
     status              entries: path, state ("modified", "added", "deleted", "renamed",
                         "untracked", "conflicted")
     tree                entries: paths of a commit's files, their modes (octal digits, as git has
                         them)
     untracked           entries: paths of files that git does not know and does not ignore; of
                         another repository its directory, ended by a slash
     lost_submodules     entries: submodules with work in them that a reset would remove
     files               entries: paths below `path`, relative to it
     remotes             entries: name, URL without user and password
     ls_remote           entries: reference, commit
     config_get          value, NULL: not set */
typedef struct os2_git_result {
  char commit[65]; /* hex; "": none yet */
  char *branch;
  char *root;
  char *directory;
  char *value;
  char *moved_to; /* all that ask a server: where the repository is now, NULL: as asked */
  bool has_changed;
  bool is_shallow;
  bool is_so;
  os2_git_entry *entries;
  size_t count;
} os2_git_result;

typedef enum os2_git_phase { OS2_GIT_RECEIVE, OS2_GIT_RESOLVE, OS2_GIT_CHECKOUT } os2_git_phase;

/* The data of an event of clone, fetch and reset; at most ten come a second. */
typedef struct os2_git_progress {
  os2_git_phase phase;
  uint64_t done;  /* objects, deltas, files */
  uint64_t total; /* of the same; 0: not known */
  uint64_t bytes; /* received so far */
} os2_git_progress;

/*
 * Starts it; NULL with err (OS2_INVALID) where the URL cannot be used.
 *
 * The operation ends with OS2_NOT_FOUND (no repository, branch, revision), OS2_EXISTS (clone: the
 * path is not an empty directory), OS2_DENIED (credentials, certificate, file permissions, a
 * repository of another user), OS2_CONFLICT (locked by another git), OS2_INVALID (also
 * for a full disk), OS2_PROTOCOL (not a git server, a redirect to elsewhere, a list without end),
 * and what os2_http_start says of connections.
 *
 * Cancel and deadline end the operation at once; its thread goes within a moment. A clone is made
 * beside its path under a name of its own and renamed at the end: the path never holds a
   part. */
os2_op *os2_git_start(os2_loop *loop, const os2_git_request *request, os2_err *err);

const os2_git_result *os2_git_result_of(const os2_op *op);

/* Waits, at most `seconds`, for the threads of cancelled operations, which remove what they left;
   for the end of the process. */
void os2_git_drain(os2_loop *loop, double seconds);

/* libgit2's version. */
const char *os2_git_version(void);

#endif
