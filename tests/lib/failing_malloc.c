/* failing_malloc: a library for LD_PRELOAD that fails chosen allocations of one program.

   OS2_TEST_FAIL_AT=N fails the N-th allocation after the start, N- that one and all later ones; 0
   fails none. OS2_TEST_FAIL_REPORT names a file that gets the number of allocations at the end. The
   variables are taken away at the start: what the program runs gets its memory as ever. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* glibc's own, which need no dlsym: that allocates by itself. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static atomic_bool is_started;
static atomic_long made;
static long fail_at;
static bool fails_later;
static int report = -1;

static void take_where(void) {
  const char *text = getenv("OS2_TEST_FAIL_AT");
  if (text == NULL) return;
  char *rest;
  fail_at = strtol(text, &rest, 10);
  fails_later = *rest == '-';
}

/* Opened now: later there may be no memory and no such directory. */
static void open_report(void) {
  const char *path = getenv("OS2_TEST_FAIL_REPORT");
  if (path != NULL) report = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

__attribute__((constructor)) static void start(void) {
  take_where();
  open_report();
  unsetenv("OS2_TEST_FAIL_AT");
  unsetenv("OS2_TEST_FAIL_REPORT");
  unsetenv("LD_PRELOAD");
  is_started = true;
}

__attribute__((destructor)) static void tell(void) {
  is_started = false;
  if (report < 0) return;
  char text[32];
  int len = snprintf(text, sizeof text, "%ld\n", atomic_load(&made));
  if (write(report, text, (size_t)len) != len) abort();
  close(report);
}

static bool must_fail(void) {
  if (!is_started) return false;
  long number = atomic_fetch_add(&made, 1) + 1;
  bool fails = fail_at > 0 && (number == fail_at || (fails_later && number > fail_at));
  if (fails) errno = ENOMEM;
  return fails;
}

void *malloc(size_t size) { return must_fail() ? NULL : __libc_malloc(size); }

void *calloc(size_t count, size_t size) { return must_fail() ? NULL : __libc_calloc(count, size); }

/* Programs rely on it that a block of no bytes can be given back. */
void *realloc(void *old, size_t size) {
  if ((old == NULL || size > 0) && must_fail()) return NULL;
  return __libc_realloc(old, size);
}

void *reallocarray(void *old, size_t count, size_t size) {
  if (size != 0 && count > SIZE_MAX / size) {
    errno = ENOMEM;
    return NULL;
  }
  return realloc(old, count * size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  return must_fail() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  void *found = must_fail() ? NULL : __libc_memalign(alignment, size);
  if (found == NULL) return ENOMEM;
  *block = found;
  return 0;
}
