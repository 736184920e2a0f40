/* git: what os2 does with git repositories. Each verb is one operation and runs on a worker thread
   of its own. All functions must be called on the loop thread. */
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

/* The credentials for one host. */
typedef struct os2_git_credential {
  /* "github.com", or "host:port" when the port is not the default port of the scheme. Sent over
     https only; a host written as "http://host:port" is sent over http. */
  const char *host;
  const char *username;
  const char *password;
} os2_git_credential;

/* How a verb that asks a server (clone, fetch, ls_remote) reaches it. */
typedef struct os2_git_server {
  const os2_git_credential *credentials;
  size_t credential_count;
  const char *ca_file; /* PEM bundle of trusted certificates; NULL: the system's */
  size_t list_limit;   /* most bytes of a server's list of references; 0: no limit */
  int move_limit; /* redirects to follow; only within the scheme, host and port of the server */
  double connect_timeout; /* seconds for one connection; 0: as `timeout` */
  double idle_timeout;    /* seconds without a byte from the server; 0: as `timeout` */
} os2_git_server;

/* A request: what all verbs share, and the options of its verb in the union. os2_git_start copies
   the strings. */
typedef struct os2_git_request {
  os2_git_verb verb;
  const char *path; /* of the working tree; NULL for ls_remote, which has none */
  double timeout;   /* seconds for the whole operation */
  os2_git_server server;
  union {
    struct {
      const char *url;    /* http or https, without user and password */
      const char *branch; /* NULL: the remote's default branch */
      /* number of commits of history, 0: all. A shallow clone cannot be fetched into */
      int depth;
    } clone;
    struct {
      const char *remote; /* name of the remote; NULL: "origin" */
      const char *branch; /* NULL: the configured branch */
    } fetch;
    struct {
      const char *revision; /* "origin/main", a commit, … */
      const char *remote;   /* name of the remote whose branch is followed; NULL: "origin" */
      const char *branch;   /* the local branch to switch to; NULL: the current one */
    } reset;
    struct {
      const char *name; /* the branch to look up */
    } branch;
    struct {
      const char *commit;   /* the possible ancestor */
      const char *revision; /* the possible descendant */
    } is_ancestor;
    struct {
      const char *revision;
    } tree; /* of tree and of lost_submodules */
    struct {
      bool without_submodules; /* do not report a submodule at another commit */
    } status;
    struct {
      const char *url; /* as for clone */
    } ls_remote;
    struct {
      const char *key;
      const char *value; /* of config_set: NULL removes the entry */
    } config;            /* of config_get and of config_set */
  };
} os2_git_request;

/* One line of a result. */
typedef struct os2_git_entry {
  char *name;
  char *value; /* NULL when the name is the whole entry */
} os2_git_entry;

/* The result of a successful operation. The verb decides which fields are set:
     clone, reset, head  commit, branch (NULL: detached), root (of the working tree)
     head                also directory (git's own directory of this working tree) and is_shallow
     branch              commit ("": no such local branch), is_so: another worktree has it checked
                         out
     is_ancestor         is_so, which is true also when both are the same commit
     fetch               commit (the tip of the branch, or of the current branch's upstream),
                         has_changed
     status              entries: path, state ("modified", "added", "deleted", "renamed",
                         "untracked", "conflicted")
     tree                entries: paths of a commit's files, their modes (octal digits, as git
                         prints them)
     untracked           entries: paths of files that are neither tracked nor ignored; another
                         repository is its directory, ending with a slash
     lost_submodules     entries: submodules with work in them that a reset would remove
     files               entries: paths below `path`, relative to it
     remotes             entries: name, URL without user and password
     ls_remote           entries: reference, commit
     config_get          value, NULL: not set */
typedef struct os2_git_result {
  char commit[65]; /* hexadecimal; "": there is no commit yet */
  char *branch;
  char *root;
  char *directory;
  char *value;
  /* for verbs that ask a server: the new URL of a repository that was moved; NULL: not moved */
  char *moved_to;
  bool has_changed;
  bool is_shallow;
  bool is_so;
  os2_git_entry *entries;
  size_t count;
} os2_git_result;

typedef enum os2_git_phase { OS2_GIT_RECEIVE, OS2_GIT_RESOLVE, OS2_GIT_CHECKOUT } os2_git_phase;

/* The data of an event of clone, fetch and reset. At most ten events come in a second. */
typedef struct os2_git_progress {
  os2_git_phase phase;
  uint64_t done;  /* objects, deltas or files, according to the phase */
  uint64_t total; /* the unit of `done`; 0: not known */
  uint64_t bytes; /* bytes received so far */
} os2_git_progress;

/* Starts the operation, which the caller owns. Returns NULL with err (OS2_INVALID) when the URL
   cannot be used.

   The operation's errors are OS2_NOT_FOUND (no such repository, branch or revision), OS2_EXISTS
   (clone: the path is not an empty directory), OS2_DENIED (credentials, certificate, file
   permissions, a repository of another user), OS2_CONFLICT (another git holds a lock), OS2_INVALID
   (also for a full disk), OS2_PROTOCOL (the server is not a git server, redirects to another
   server, or sends a list over the limit), and those of os2_http_start for connections.

   Cancel and deadline end the operation at once; its thread ends soon afterwards. A clone is made
   in a temporary directory beside its path and is renamed at the end, so the path never holds an
   incomplete clone. */
os2_op *os2_git_start(os2_loop *loop, const os2_git_request *request, os2_err *err);

const os2_git_result *os2_git_result_of(const os2_op *op);

/* Waits, at most `seconds`, for the threads of cancelled operations, which remove the files they
   leave. Call it at the end of the process. */
void os2_git_drain(os2_loop *loop, double seconds);

/* Returns libgit2's version. The text is static. */
const char *os2_git_version(void);

#endif
