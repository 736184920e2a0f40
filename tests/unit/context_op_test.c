/* Tests of context_op: contexts that are listed and read on a disk that hangs. */
#include <fcntl.h>
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

#include "core/context/context_op.h"
#include "core/loop/timer.h"

enum {
  MANY = 8, /* more than the threads of libuv's pool */
  BEFORE = 1000000,
  SOME = BEFORE / 2
}; /* bytes before what hangs, and of them */

static char base[] = "/tmp/os2-context-XXXXXX";
static uv_sem_t disk; /* what is named "hang" is opened once this is posted */

/* Instead of the C library's. */
int openat(int fd, const char *path, int flags, ...) {
  if (strcmp(path, "hang") == 0) uv_sem_wait(&disk);
  return (int)syscall(SYS_openat, fd, path, flags, 0);
}

static void write_file(const char *path, size_t size) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  for (size_t i = 0; i < size; i++) fputc('x', file);
  assert_int_equal(fclose(file), 0);
}

static int set_up(void **state) {
  (void)state;
  strcpy(base, "/tmp/os2-context-XXXXXX");
  if (mkdtemp(base) == NULL || chdir(base) != 0 || uv_sem_init(&disk, 0) != 0) return -1;
  if (mkdir("file", 0755) != 0 || mkdir("tree", 0755) != 0 || mkdir("tree/hang", 0755) != 0)
    return -1;
  write_file("file/Dockerfile", 10);
  write_file("file/before", BEFORE);
  write_file("file/hang", 10);
  write_file("tree/Dockerfile", 10);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  char command[100];
  snprintf(command, sizeof command, "rm -rf %s", base);
  while (uv_loop_alive(&os2_loop_get()->uv)) uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
  uv_sem_destroy(&disk);
  return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static void wait_for(const os2_op *op) {
  while (!op->finished) assert_true(os2_loop_wait(os2_loop_get()));
}

static os2_shared_context *list(const char *root) {
  os2_op *op = os2_context_start(os2_loop_get(), &(os2_context_request){.root = root});
  wait_for(op);
  assert_int_equal(os2_op_error(op)->kind, OS2_OK);
  os2_shared_context *shared = os2_context_result(op);
  os2_op_close(op);
  return shared;
}

static int wakes;

static void wake(os2_op *who) {
  (void)who;
  wakes++;
}

/* Reads on until nothing is there, or the end. */
static ptrdiff_t read_on(const os2_body *body, size_t *total) {
  static char buffer[100000];
  os2_err err;
  ptrdiff_t n;
  while ((n = body->read(body->arg, buffer, sizeof buffer, &err)) > 0) *total += (size_t)n;
  return n;
}

/* The same, waiting for more, until the end. */
static size_t read_all(const os2_body *body, size_t total) {
  body->attach(body->arg, wake, NULL);
  while (read_on(body, &total) != OS2_BODY_END) {
    while (wakes == 0) uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
    wakes = 0;
  }
  return total;
}

static void test_listing_holds_nobody_up(void **state) {
  (void)state;
  os2_op *hanging[MANY];
  for (int i = 0; i < MANY; i++) {
    hanging[i] = os2_context_start(os2_loop_get(), &(os2_context_request){.root = "tree"});
    os2_op_set_deadline(hanging[i], 0.01);
  }
  for (int i = 0; i < MANY; i++) {
    wait_for(hanging[i]);
    assert_int_equal(os2_op_error(hanging[i])->kind, OS2_TIMEOUT);
    os2_op_close(hanging[i]);
  }
  os2_shared_context_release(list("file"));
  for (int i = 0; i < MANY; i++) uv_sem_post(&disk);
}

static void test_reading_holds_nobody_up(void **state) {
  (void)state;
  os2_err err;
  os2_body body;
  size_t total = 0;
  os2_shared_context *shared = list("file");
  assert_int_equal(os2_shared_context_body(&body, shared, &err), 0);
  while (total < SOME) assert_int_equal(read_on(&body, &total), OS2_BODY_LATER);
  os2_op *timer = os2_timer_start(os2_loop_get(), 0.01);
  wait_for(timer);
  os2_op_close(timer);
  assert_int_equal(read_on(&body, &total), OS2_BODY_LATER);
  uv_sem_post(&disk);
  size_t tar_size = os2_context_count(os2_shared_context_get(shared))->tar_size;
  assert_int_equal(read_all(&body, total), tar_size);
  body.destroy(body.arg);
  os2_shared_context_release(shared);
}

/* One that is cut off hangs still as the next one begins. */
static void test_next_body_waits(void **state) {
  (void)state;
  os2_err err;
  os2_body body, next;
  size_t total = 0;
  os2_shared_context *shared = list("file");
  assert_int_equal(os2_shared_context_body(&body, shared, &err), 0);
  assert_int_equal(os2_shared_context_body(&next, shared, &err), -1);
  assert_int_equal(err.kind, OS2_CONFLICT);
  while (total < SOME) assert_int_equal(read_on(&body, &total), OS2_BODY_LATER);
  body.destroy(body.arg);
  for (int i = 0; i < 2; i++) {
    assert_int_equal(os2_shared_context_body(&next, shared, &err), 0);
    total = 0;
    assert_int_equal(read_on(&next, &total), OS2_BODY_LATER);
    if (i == 0) next.destroy(next.arg);
  }
  for (int i = 0; i < 2; i++) uv_sem_post(&disk);
  assert_int_equal(read_all(&next, 0), os2_context_count(os2_shared_context_get(shared))->tar_size);
  next.destroy(next.arg);
  os2_shared_context_release(shared);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_listing_holds_nobody_up),
      TEST(test_reading_holds_nobody_up),
      TEST(test_next_body_waits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
