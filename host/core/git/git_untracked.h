/* git_untracked: lists the files of a working tree that are neither tracked nor ignored. The
   functions are called on the job's worker thread. */
#ifndef OS2_CORE_GIT_GIT_UNTRACKED_H
#define OS2_CORE_GIT_GIT_UNTRACKED_H

#include <git2.h>

#include "core/git/git_int.h"

/* Called with one path, relative to the working tree; the path of a directory ends with a slash. A
   return value other than 0 ends the walk. */
typedef int os2_git_on_untracked(const char *path, void *arg);

/* Walks the working tree as git does and reports each untracked path. Another repository in the
   tree is reported as a directory. With `in_short`, a directory that contains no tracked file is
   reported once when something in it is untracked. Returns 0, libgit2's code, or the value other
   than 0 that the callback has returned. */
int os2_git_walk_untracked(os2_git_job *job, git_repository *repository, bool in_short,
                           os2_git_on_untracked *on_path, void *arg);

/* Opens the index as it is in its file; the caller frees it. The index that belongs to a repository
   treats names that differ in case only as one name when core.ignorecase is set. Returns libgit2's
   code. */
int os2_git_open_index(git_index **out, git_repository *repository);

/* Returns true when git keeps this file out of the working tree (a sparse checkout). */
bool os2_git_is_skipped(const git_index_entry *entry);

#endif
