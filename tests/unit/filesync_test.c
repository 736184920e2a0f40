/* filesync_test: what is sent to an engine of a context: lists by its rules, the messages, the
   files that it asks for, and what is remembered of them. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/buildkit/filesync_calls.h"
#include "core/buildkit/filesync_packet.h"

static char base[] = "/tmp/os2-filesync-XXXXXX";

static void sh(const char *command) {
  if (system(command) != 0) fail_msg("%s", command);
}

static int set_up(void **state) {
  (void)state;
  strcpy(base, "/tmp/os2-filesync-XXXXXX");
  if (mkdtemp(base) == NULL || chdir(base) != 0 || mkdir("ctx", 0755) != 0) return -1;
  sh("printf 'FROM scratch\\n' > ctx/Dockerfile");
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  char command[64];
  snprintf(command, sizeof command, "rm -rf %s", base);
  return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

/* ---- follow ---- */

/* ---- transfers ---- */

/* The engine's end: what has come of one stream. */
typedef struct {
  os2_shared_context *context;
  os2_filesync_calls *calls;
  char got[1 << 20];
  size_t len, at; /* at: of the next message */
} engine;

static void on_wake(void *arg, int32_t id) {
  (void)arg;
  (void)id;
}

static os2_shared_context *open_context(const char *state_path) {
  os2_context_request request = {.root = "ctx", .state_path = state_path, .state_limit = 1000};
  os2_op *op = os2_context_start(os2_loop_get(), &request);
  while (!op->finished) uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
  assert_int_equal(os2_op_error(op)->kind, OS2_OK);
  os2_shared_context *context = os2_context_result(op);
  os2_op_close(op);
  return context;
}

static void engine_open(engine *e, os2_shared_context *context, const os2_grpc_metadata *metadata,
                        size_t count) {
  e->context = context;
  e->len = e->at = 0;
  e->calls = os2_filesync_calls_new(os2_loop_get(), context,
                                    os2_shared_context_claim_state(context), on_wake, e);
  assert_int_equal(os2_filesync_calls_open(e->calls, 1, metadata, count), OS2_GRPC_OK);
}

static os2_filesync *engine_sync(const engine *e) { return os2_filesync_calls_find(e->calls, 1); }

static void engine_close(engine *e) {
  os2_filesync_calls_free(e->calls);
  os2_shared_context_release(e->context);
  uv_run(&os2_loop_get()->uv, UV_RUN_DEFAULT);
}

static void engine_send(const engine *e, uint64_t type, uint64_t id) {
  os2_err err;
  char message[32], *end = os2_pb_write_number(message, 1, type);
  end = os2_pb_write_number(end, 3, id);
  assert_int_equal(os2_filesync_receive(engine_sync(e), message, (size_t)(end - message), &err), 0);
}

/* The next message; false at the end of the stream. */
static bool engine_next(engine *e, os2_filesync_packet *packet, os2_text *stat) {
  for (;;) {
    const unsigned char *head = (const unsigned char *)e->got + e->at;
    size_t there = e->len - e->at;
    size_t size =
        there < 5 ? 0
                  : (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | head[4];
    if (there >= 5 && there - 5 >= size) {
      os2_pb_cursor cursor = os2_pb_open((os2_text){e->got + e->at + 5, size});
      os2_pb_field field;
      *stat = (os2_text){0};
      while (os2_pb_next(&cursor, &field) > 0)
        if (field.number == 2) *stat = field.text;
      assert_int_equal(os2_filesync_read_message(packet, e->got + e->at + 5, size), 0);
      e->at += 5 + size;
      return true;
    }
    ptrdiff_t n = os2_filesync_read(engine_sync(e), e->got + e->len, 7000);
    if (n == OS2_GRPC_END) return false;
    if (n == OS2_GRPC_LATER) uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
    if (n > 0) e->len += (size_t)n;
    assert_true(e->len < sizeof e->got - 7000);
  }
}

/* The paths of the list, with what each is a link to. */
static void engine_list(engine *e, char *out) {
  os2_filesync_packet packet;
  os2_text stat;
  out[0] = '\0';
  while (engine_next(e, &packet, &stat) && stat.len > 0) {
    os2_pb_cursor cursor = os2_pb_open(stat);
    os2_pb_field field;
    while (os2_pb_next(&cursor, &field) > 0) {
      const char *before = field.number == 7 ? ">" : out[0] != '\0' ? " " : "";
      if (field.number == 1 || field.number == 7)
        sprintf(out + strlen(out), "%s%.*s", before, (int)field.text.len, field.text.bytes);
    }
  }
}

static size_t engine_take(engine *e, char *out) {
  os2_filesync_packet packet;
  os2_text stat;
  size_t len = 0;
  while (engine_next(e, &packet, &stat) && packet.data.len > 0) {
    memcpy(out + len, packet.data.bytes, packet.data.len);
    len += packet.data.len;
  }
  return len;
}

static void check_list(const os2_grpc_metadata *metadata, size_t count, const char *expected) {
  static engine e;
  static char found[4096];
  engine_open(&e, open_context(NULL), metadata, count);
  engine_list(&e, found);
  assert_string_equal(found, expected);
  engine_close(&e);
}

static void the_engines_rules_hold(void **state) {
  (void)state;
  sh("cd ctx; mkdir -p d/e x; touch d/a d/e/b x/y 'd b'; ln d/a z; ln d/a d/e/c; mkfifo fifo;"
     "printf 'z\\n' > .dockerignore");
  check_list((os2_grpc_metadata[]){{"dir-name", "context"}}, 1,
             ".dockerignore Dockerfile d d/a d/e d/e/b d/e/c>d/a d b x x/y z>d/a");
  check_list((os2_grpc_metadata[]){{"dir-name", "context"}, {"exclude-patterns", "d/a"}}, 2,
             ".dockerignore Dockerfile d d/e d/e/b d/e/c d b x x/y z>d/e/c");
  check_list((os2_grpc_metadata[]){{"exclude-patterns", "*"},
                                   {"exclude-patterns", "!d/e/b"},
                                   {"dir-name", "context"}},
             3, "d d/e d/e/b");
  check_list((os2_grpc_metadata[]){{"include-patterns", "d/e"}, {"dir-name", "context"}}, 2,
             "d d/e d/e/b d/e/c");
  check_list((os2_grpc_metadata[]){{"followpaths", "d+b"},
                                   {"followpaths", "x%2fy"},
                                   {"followpaths-encoded", "1"},
                                   {"dir-name", "context"}},
             4, "d b x x/y");
  check_list((os2_grpc_metadata[]){{"dir-name", "context"}, {"followpaths", ".dockerignore"}}, 2,
             ".dockerignore");
  check_list((os2_grpc_metadata[]){{"dir-name", "dockerfile"}}, 1, "Dockerfile");
}

static void other_directories_are_refused(void **state) {
  (void)state;
  os2_shared_context *context = open_context(NULL);
  os2_filesync_calls *calls = os2_filesync_calls_new(os2_loop_get(), context, NULL, on_wake, NULL);
  os2_grpc_metadata other = {"dir-name", "/etc"}, own = {"dir-name", "dockerfile"};
  assert_int_equal(os2_filesync_calls_open(calls, 1, &other, 1), OS2_GRPC_NOT_FOUND);
  assert_int_equal(os2_filesync_calls_open(calls, 1, NULL, 0), OS2_GRPC_INVALID_ARGUMENT);
  for (int32_t id = 1; id <= 8; id++)
    assert_int_equal(os2_filesync_calls_open(calls, id, &own, 1), OS2_GRPC_OK);
  assert_int_equal(os2_filesync_calls_open(calls, 9, &own, 1), OS2_GRPC_RESOURCE_EXHAUSTED);
  os2_filesync_calls_free(calls);
  os2_shared_context_release(context);
  uv_run(&os2_loop_get()->uv, UV_RUN_DEFAULT);
}

static const os2_grpc_metadata ALL = {"dir-name", "context"};

static void files_are_sent_as_long_as_listed(void **state) {
  (void)state;
  static engine e;
  static char text[1 << 20];
  sh("head -c 300000 /dev/urandom > ctx/big; cp ctx/big big; : > ctx/empty");
  engine_open(&e, open_context(NULL), &ALL, 1);
  engine_list(&e, text);
  assert_string_equal(text, "Dockerfile big empty");
  sh("echo grown >> ctx/big");
  engine_send(&e, OS2_FILESYNC_REQ, 2);
  engine_send(&e, OS2_FILESYNC_REQ, 1);
  assert_int_equal(engine_take(&e, text), 0);
  assert_int_equal(engine_take(&e, text), 300000);
  FILE *file = fopen("big", "r");
  static char expected[300000];
  assert_int_equal(fread(expected, 1, sizeof expected, file), sizeof expected);
  fclose(file);
  assert_memory_equal(text, expected, sizeof expected);
  engine_send(&e, OS2_FILESYNC_FIN, 0);
  os2_filesync_packet packet;
  os2_text stat;
  assert_true(engine_next(&e, &packet, &stat));
  assert_int_equal(packet.type, OS2_FILESYNC_FIN);
  assert_false(engine_next(&e, &packet, &stat));
  assert_int_equal(os2_filesync_failure(engine_sync(&e))->kind, OS2_OK);
  os2_filesync_stats stats = os2_filesync_calls_count(e.calls);
  assert_int_equal(stats.files, 2);
  assert_int_equal(stats.bytes, 300000);
  engine_close(&e);
}

static void check_failure(const char *command, uint64_t id, os2_kind kind, const char *message) {
  static engine e;
  static char text[1 << 20];
  sh("rm -rf ctx/f; mkdir -p ctx/d; echo 1234567890 > ctx/f");
  engine_open(&e, open_context(NULL), &ALL, 1);
  engine_list(&e, text);
  assert_string_equal(text, "Dockerfile d f");
  sh(command);
  engine_send(&e, OS2_FILESYNC_REQ, id);
  engine_send(&e, OS2_FILESYNC_REQ, 0);
  engine_take(&e, text);
  engine_send(&e, OS2_FILESYNC_REQ, 0);
  engine_take(&e, text);
  while (!os2_filesync_is_over(engine_sync(&e))) uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
  const os2_err *err = os2_filesync_failure(engine_sync(&e));
  assert_int_equal(err->kind, kind);
  assert_non_null(strstr(err->message, message));
  engine_close(&e);
}

static void what_went_or_shrank_fails_and_is_named(void **state) {
  (void)state;
  check_failure("rm ctx/f", 2, OS2_INVALID, "ctx/f was taken away or made shorter");
  check_failure("echo 1 > ctx/f", 2, OS2_INVALID, "ctx/f was taken away or made shorter");
  check_failure("rm ctx/f; mkfifo ctx/f", 2, OS2_INVALID, "ctx/f was taken away");
  check_failure("rm ctx/f; ln -s Dockerfile ctx/f", 2, OS2_INVALID, "ctx/f was taken away");
  check_failure("true", 1, OS2_PROTOCOL, "as if it were a file");
  check_failure("true", 2, OS2_PROTOCOL, "twice for the contents of Dockerfile");
}

static void an_engine_may_give_up(void **state) {
  (void)state;
  static engine e;
  static char text[4096];
  os2_err err;
  os2_filesync_packet packet;
  os2_text stat;
  engine_open(&e, open_context(NULL), &ALL, 1);
  engine_list(&e, text);
  assert_int_equal(os2_filesync_receive(engine_sync(&e), "\x08\x01\x18\x40", 4, &err), -1);
  assert_int_equal(err.kind, OS2_PROTOCOL);
  engine_send(&e, OS2_FILESYNC_ERR, 0);
  assert_false(engine_next(&e, &packet, &stat));
  engine_close(&e);
  engine_open(&e, open_context(NULL), &ALL, 1);
  assert_int_equal(os2_filesync_receive(engine_sync(&e), NULL, 0, &err), 0);
  assert_false(engine_next(&e, &packet, &stat));
  engine_close(&e); /* at once, in the midst of its list */
  engine_open(&e, open_context(NULL), &ALL, 1);
  engine_close(&e);
}

/* ---- what is remembered ---- */

/* Sends the context, with or without its end, and gives the key that it went by. */
static void transfer(char *key, bool is_whole) {
  static engine e;
  static char text[1 << 20];
  os2_shared_context *context = open_context("state");
  snprintf(key, OS2_SENT_KEY_SIZE, "%s", os2_sent_state_key(os2_shared_context_state(context)));
  engine_open(&e, context, &ALL, 1);
  engine_list(&e, text);
  if (is_whole) {
    engine_send(&e, OS2_FILESYNC_FIN, 0);
    engine_take(&e, text);
  }
  engine_close(&e);
}

/* What a file was, other content with the same stat included, decides whether the key stays. */
static void the_key_is_fresh_where_a_stat_would_not_tell(void **state) {
  (void)state;
  char first[OS2_SENT_KEY_SIZE], second[OS2_SENT_KEY_SIZE];
  sh("echo one > ctx/f; touch -d 2020-02-02 ctx/f; sleep 0.05");
  transfer(first, true);
  static const struct {
    const char *command;
    bool is_same;
  } steps[] = {
      {"true", true},
      {"echo three > ctx/f; sleep 0.05", true}, /* the engine will ask */
      {"echo new > ctx/g; sleep 0.05", true},
      {"rm ctx/g", true},
      {"touch -d 2020-02-02 ctx/f; sleep 0.05", true},
      {"echo thref > ctx/f; touch -d 2020-02-02 ctx/f; sleep 0.05", false},
      {"cp -p ctx/f ctx/g; mv ctx/g ctx/f; sleep 0.05", false},
      {"truncate -s 100 state", false},
      {"printf x | dd of=state bs=1 seek=70 conv=notrunc 2>/dev/null", false},
      {"rm state; ln -s other state", false},
      {"rm state; sleep 0.05", false},
  };
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    sh(steps[i].command);
    transfer(second, true);
    if ((strcmp(first, second) == 0) != steps[i].is_same) fail_msg("%s", steps[i].command);
    strcpy(first, second);
  }
}

/* What was changed in the tick in which it was listed may change once more without a trace. */
static void a_late_change_is_not_trusted(void **state) {
  (void)state;
  os2_context *ctx = NULL;
  os2_err err;
  os2_context_options options = {.root = "ctx"};
  assert_int_equal(os2_context_open(&ctx, &options, &err), 0);
  int64_t changed_at = os2_context_entry_at(ctx, 0)->stamp.ctime;
  for (int64_t milliseconds = 5; milliseconds <= 15; milliseconds += 10) {
    char key[OS2_SENT_KEY_SIZE];
    os2_sent_state *sent = os2_sent_state_open("late", ctx, 10);
    snprintf(key, sizeof key, "%s", os2_sent_state_key(sent));
    os2_sent_state_begin(sent);
    os2_sent_state_keep(sent, ctx, changed_at + milliseconds * 1000000);
    os2_sent_state_close(sent);
    sent = os2_sent_state_open("late", ctx, 10);
    bool is_same = strcmp(key, os2_sent_state_key(sent)) == 0;
    assert_int_equal(is_same, milliseconds > 10);
    os2_sent_state_close(sent);
  }
  os2_context_close(ctx);
}

static void a_torn_transfer_leaves_no_key(void **state) {
  (void)state;
  char first[OS2_SENT_KEY_SIZE], second[OS2_SENT_KEY_SIZE];
  sh("sleep 0.05");
  transfer(first, true);
  transfer(second, false);
  assert_string_equal(first, second);
  transfer(first, true);
  assert_string_not_equal(first, second);
  os2_shared_context *holder = open_context("state");
  transfer(second, true);
  assert_string_not_equal(first, second); /* nobody keeps the second one's */
  os2_shared_context_release(holder);
  transfer(second, true);
  assert_string_equal(first, second);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(the_engines_rules_hold, set_up, tear_down),
      cmocka_unit_test_setup_teardown(other_directories_are_refused, set_up, tear_down),
      cmocka_unit_test_setup_teardown(files_are_sent_as_long_as_listed, set_up, tear_down),
      cmocka_unit_test_setup_teardown(what_went_or_shrank_fails_and_is_named, set_up, tear_down),
      cmocka_unit_test_setup_teardown(an_engine_may_give_up, set_up, tear_down),
      cmocka_unit_test_setup_teardown(the_key_is_fresh_where_a_stat_would_not_tell, set_up,
                                      tear_down),
      cmocka_unit_test_setup_teardown(a_late_change_is_not_trusted, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_torn_transfer_leaves_no_key, set_up, tear_down),
  };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  os2_loop_close(os2_loop_get());
  return failed;
}
