/* context_tree: see the header. */
#include "context_tree.h"

#include <dlfcn.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

/* Instead of the C library's: a link "vanishing" goes as it is read, one "changing" becomes a
   directory. */
ssize_t readlinkat(int fd, const char *restrict path, char *restrict target, size_t room) {
  bool is_changing = strcmp(path, "changing") == 0;
  if (is_changing || strcmp(path, "vanishing") == 0) unlinkat(fd, path, 0);
  if (is_changing) mkdirat(fd, path, 0755);
  return syscall(SYS_readlinkat, fd, path, target, room);
}

bool is_out_of_memory;

DIR *fdopendir(int fd) {
  DIR *(*real)(int);
  *(void **)&real = dlsym(RTLD_NEXT, "fdopendir");
  if (!is_out_of_memory) return real(fd);
  errno = ENOMEM;
  return NULL;
}

/* Each test has a directory of its own, stands in it and builds its context in `ctx`. */
char base[] = "/tmp/os2-context-XXXXXX";

void sh(const char *format, ...) {
  char command[4096];
  va_list args;
  va_start(args, format);
  vsnprintf(command, sizeof command, format, args);
  va_end(args);
  if (system(command) != 0) fail_msg("%s", command);
}

int set_up(void **state) {
  (void)state;
  strcpy(base, "/tmp/os2-context-XXXXXX");
  if (mkdtemp(base) == NULL || chmod(base, 0755) != 0 || chdir(base) != 0) return -1;
  if (mkdir("ctx", 0755) != 0) return -1;
  return system("printf 'FROM scratch\\n' > ctx/Dockerfile") == 0 ? 0 : -1;
}

int tear_down(void **state) {
  (void)state;
  char command[100];
  snprintf(command, sizeof command, "chmod -R u+rwx %s; rm -rf %s", base, base);
  return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

os2_context *open_with(os2_context_options options) {
  os2_context *ctx = NULL;
  os2_err err = {0};
  if (options.root == NULL) options.root = "ctx";
  if (os2_context_open(&ctx, &options, &err) != 0) fail_msg("%s", err.message);
  return ctx;
}

os2_context *open_rules(const char *rules) {
  return open_with((os2_context_options){.ignore_text = rules, .ignore_len = strlen(rules)});
}

void fails_with(os2_context_options options, os2_kind kind, const char *message) {
  os2_context *ctx = NULL;
  os2_err err = {0};
  if (options.root == NULL) options.root = "ctx";
  assert_int_equal(os2_context_open(&ctx, &options, &err), -1);
  assert_null(ctx);
  if (err.kind != kind || strstr(err.message, message) == NULL)
    fail_msg("%s: %s", os2_kind_name(err.kind), err.message);
}

/* The paths, each followed by a blank. */
void lists(const os2_context *ctx, const char *expected) {
  char text[8192] = "";
  size_t len = 0;
  const char *path;
  for (size_t i = 0; (path = os2_context_path(ctx, i)) != NULL; i++)
    len += (size_t)snprintf(text + len, sizeof text - len, "%s ", path);
  assert_string_equal(text, expected);
}

void lists_under(const char *rules, const char *expected) {
  os2_context *ctx = open_rules(rules);
  lists(ctx, expected);
  os2_context_close(ctx);
}

/* Reads the whole stream in pieces of `step` bytes. */
char *read_all(os2_context *ctx, size_t step, size_t *len) {
  size_t room = (size_t)os2_context_count(ctx)->tar_size;
  char *bytes = malloc(room + step);
  os2_err err = {0};
  ssize_t n;
  *len = 0;
  while ((n = os2_context_read(ctx, bytes + *len, step, &err)) > 0) {
    *len += (size_t)n;
    assert_true(*len <= room);
  }
  if (n < 0) fail_msg("%s", err.message);
  assert_int_equal(*len, room);
  return bytes;
}

/* Writes the stream to `out.tar` and unpacks it in `out`. */
void unpack(os2_context *ctx) {
  size_t len;
  char *bytes = read_all(ctx, 65536, &len);
  FILE *file = fopen("out.tar", "wb");
  assert_int_equal(fwrite(bytes, 1, len, file), len);
  fclose(file);
  free(bytes);
  sh("rm -rf out && mkdir out && tar -C out -xpf out.tar");
}
