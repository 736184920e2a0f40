/* git_untracked: what lies in a working tree and git does not know, without what it ignores. */
#ifndef OS2_CORE_GIT_GIT_UNTRACKED_H
#define OS2_CORE_GIT_GIT_UNTRACKED_H

#include <git2.h>

#include "core/git/git_int.h"

/* What is told of: a path relative to the working tree; a directory ends with a slash. */
typedef int os2_git_on_untracked(const char *path, void *arg);

/*
 * Walks the working tree as git does. Another repository in it is told as a directory. With
 * `in_short` a directory without any tracked file is told once, where something in it is untracked.
 * Returns 0, libgit2's code, or what the function returned where that was not
   0. */
int os2_git_walk_untracked(os2_git_job *job, git_repository *repository, bool in_short,
                           os2_git_on_untracked *on_path, void *arg);

/* The index as it is in its file: one that belongs to a repository takes names that differ in case
   alone for one where core.ignorecase says so. Returns libgit2's code. */
int os2_git_open_index(git_index **out, git_repository *repository);

/* Whether git leaves that file out of the working tree (a sparse checkout). */
bool os2_git_is_skipped(const git_index_entry *entry);

#endif
