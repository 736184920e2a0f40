/* context_tree: what the tests of build contexts share: trees on disk, and what is made of them. */
#ifndef OS2_TESTS_CONTEXT_TREE_H
#define OS2_TESTS_CONTEXT_TREE_H

#include <dirent.h>
#include <stdbool.h>
#include <sys/types.h>

#include "core/context/context.h"

/* In place of the C library's: a link "vanishing" goes as it is read, one "changing" becomes a
   directory, and no directory is opened while is_out_of_memory. */
extern bool is_out_of_memory;
ssize_t readlinkat(int fd, const char *restrict path, char *restrict target, size_t room);
DIR *fdopendir(int fd);

/* Each test has a directory of its own (base) and stands in it; ctx/Dockerfile is there. */
extern char base[];
int set_up(void **state);
int tear_down(void **state);

void sh(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Open a context; the test fails where that does. fails_with: where it does not. */
os2_context *open_with(os2_context_options options);
os2_context *open_rules(const char *rules);
void fails_with(os2_context_options options, os2_kind kind, const char *message);

/* Compare the paths, each followed by a blank. */
void lists(const os2_context *ctx, const char *expected);
void lists_under(const char *rules, const char *expected);

/* Reads the whole stream in pieces of `step` bytes; the caller frees it. */
char *read_all(os2_context *ctx, size_t step, size_t *len);

/* Writes the stream to `out.tar` and unpacks it in `out`. */
void unpack(os2_context *ctx);

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
