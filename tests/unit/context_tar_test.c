/* context_tar_test: the tar stream that a tree on disk becomes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "context_tree.h"

static void keeps_what_files_are(void **state) {
  (void)state;
  sh("cd ctx && mkdir -m 1777 t && printf hello > s && chmod 6755 s && chmod 0600 Dockerfile && "
     "ln -s /nowhere dangling && ln -s ../.. up && ln -s t dirlink && : > zero && "
     "ln s hard && mkdir sub && ln s sub/hard && touch -d @86400 t/old");
  os2_context *ctx = open_with((os2_context_options){0});
  assert_int_equal(os2_context_count(ctx)->bytes, 18);
  unpack(ctx);
  os2_context_close(ctx);
  sh("test \"$(stat -c %%a out/t out/s out/Dockerfile | tr '\\n' ' ')\" = '1777 6755 600 '");
  sh("test \"$(readlink out/dangling out/up out/dirlink | tr '\\n' ' ')\" = '/nowhere ../.. t '");
  sh("test out/s -ef out/hard && test out/s -ef out/sub/hard && test ! -s out/zero");
  sh("test $(stat -c %%Y out/t/old) = 86400 && test -z \"$(tar tvf out.tar | grep -v ' 0/0 ')\"");
}

static void does_not_link_to_the_dockerfile(void **state) {
  (void)state;
  sh("cd ctx && ln Dockerfile A && ln Dockerfile z");
  os2_context *ctx = open_with((os2_context_options){0});
  unpack(ctx);
  os2_context_close(ctx);
  sh("diff -r ctx out && test out/A -ef out/z && ! test out/A -ef out/Dockerfile");
}

static void keeps_odd_names(void **state) {
  (void)state;
  sh("cd ctx && touch \"$(printf 'a\\nb')\" \"$(printf '\\377')\" \"$(printf 'caf\\303\\251')\" && "
     "touch $(printf %%0255d 7) && "
     "d=$(printf %%0200d 1) && mkdir -p $d/$d/$d && echo deep > $d/$d/$d/file && "
     "ln -s $d/$d/$d/file long");
  os2_context *ctx = open_with((os2_context_options){0});
  unpack(ctx);
  os2_context_close(ctx);
  sh("diff -r ctx out");
}

/* Deeper than a path or the descriptors of a process reach. */
static void goes_deep(void **state) {
  (void)state;
  enum { DEPTH = 3000 };
  assert_int_equal(chdir("ctx"), 0);
  for (int i = 0; i < DEPTH; i++) {
    assert_int_equal(mkdir("deep", 0755), 0);
    assert_int_equal(chdir("deep"), 0);
  }
  sh("echo bottom > file");
  assert_int_equal(chdir(base), 0);
  os2_context *ctx = open_with((os2_context_options){0});
  assert_int_equal(os2_context_count(ctx)->files, 2);
  size_t len;
  char *bytes = read_all(ctx, 1 << 20, &len);
  assert_non_null(memmem(bytes, len, "bottom\n", 7));
  free(bytes);
  os2_context_close(ctx);
}

static void gives_the_same_bytes_however_read(void **state) {
  (void)state;
  sh("cd ctx && head -c 100000 /dev/urandom > r && head -c 512 r > block && mkdir d && echo x > "
     "d/y");
  os2_context *ctx = open_with((os2_context_options){0});
  size_t len;
  char *whole = read_all(ctx, 1 << 20, &len);
  static const size_t steps[] = {1, 7, 511, 512, 513, 4096, 65536};
  for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
    char some[700];
    os2_err err;
    os2_context_rewind(ctx);
    assert_int_equal(os2_context_read(ctx, some, sizeof some, &err), sizeof some);
    os2_context_rewind(ctx);
    char *again = read_all(ctx, steps[i], &len);
    assert_memory_equal(again, whole, len);
    assert_int_equal(os2_context_read(ctx, again, 10, &err), 0);
    free(again);
  }
  free(whole);
  os2_context_close(ctx);
}

/* Reads the head, changes the tree, reads on: the error names the file. */
static void notices(const char *change) {
  sh("rm -rf ctx/* && cp /etc/hostname ctx/Dockerfile && mkdir ctx/d && head -c 9000 /dev/zero > "
     "ctx/d/f");
  os2_context *ctx = open_with((os2_context_options){0});
  size_t size = (size_t)os2_context_count(ctx)->tar_size;
  char *bytes = malloc(size);
  os2_err err = {0};
  size_t head = size - 1024 - 9000;
  assert_int_equal(os2_context_read(ctx, bytes, head, &err), head);
  sh("%s", change);
  ssize_t n;
  while ((n = os2_context_read(ctx, bytes, size, &err)) > 0) continue;
  assert_int_equal(n, -1);
  assert_int_equal(err.kind, OS2_INVALID);
  if (strstr(err.message, "ctx/d/f was taken away or made shorter") == NULL)
    fail_msg("%s: %s", change, err.message);
  free(bytes);
  os2_context_close(ctx);
}

static void changes_before(const char *change) {
  sh("rm -rf ctx/* && echo x > ctx/Dockerfile && mkdir ctx/d && echo 1234 > ctx/d/f");
  os2_context *ctx = open_with((os2_context_options){0});
  sh("%s", change);
  char bytes[8192];
  os2_err err = {0};
  assert_int_equal(os2_context_read(ctx, bytes, sizeof bytes, &err), -1);
  assert_int_equal(err.kind, OS2_INVALID);
  if (strstr(err.message, "ctx/d/f was taken away or made shorter") == NULL)
    fail_msg("%s: %s", change, err.message);
  os2_context_close(ctx);
}

static void notices_changes(void **state) {
  (void)state;
  notices("truncate -s 10 ctx/d/f");
  changes_before("rm ctx/d/f");
  changes_before("echo 123 > ctx/d/f");
  changes_before("rm ctx/d/f && ln -s ../Dockerfile ctx/d/f");
  changes_before("rm ctx/d/f && mkfifo ctx/d/f");
  changes_before("mv ctx/d ctx/e && ln -s e ctx/d");
}

/* Reads up to the contents of d/f, which grows then: what was listed of it is sent. */
static void sends_what_was_listed(void **state) {
  (void)state;
  sh("rm -rf ctx/* && echo x > ctx/Dockerfile && mkdir ctx/d && printf 1234 > ctx/d/f");
  os2_context *ctx = open_with((os2_context_options){0});
  size_t size = (size_t)os2_context_count(ctx)->tar_size;
  char *bytes = malloc(size);
  os2_err err = {0};
  size_t head = size - 1024 - 512; /* what stands behind: the contents, and the archive's end */
  sh("printf 5678 >> ctx/d/f");
  assert_int_equal(os2_context_read(ctx, bytes, head, &err), head);
  sh("printf 9 >> ctx/d/f");
  assert_int_equal(os2_context_read(ctx, bytes + head, size, &err), size - head);
  assert_memory_equal(bytes + head, "1234\0", 5);
  assert_int_equal(os2_context_read(ctx, bytes, size, &err), 0);
  free(bytes);
  os2_context_close(ctx);
}

static void sends_large_files(void **state) {
  (void)state;
  sh("truncate -s 9G ctx/big");
  os2_context *ctx = open_with((os2_context_options){0});
  assert_true(os2_context_count(ctx)->bytes == (UINT64_C(9) << 30) + 13);
  char head[4 * 512 + 1024];
  os2_err err;
  assert_int_equal(os2_context_read(ctx, head, sizeof head, &err), sizeof head);
  assert_non_null(memmem(head, sizeof head, "19 size=9663676416\n", 19));
  os2_context_close(ctx);
}

static void nests(void **state) {
  (void)state;
  sh("cd ctx && mkdir -m 700 d && echo x > d/f && ln -s f d/l && echo y > a && ln a d/hard");
  os2_context *ctx = open_with((os2_context_options){0});
  const char *const sources[] = {"d", NULL};
  os2_err err;
  assert_int_equal(os2_context_select(ctx, sources, &err), 0);
  os2_context_nest(ctx, "inner.tar", 86400);
  size_t len;
  char *whole = read_all(ctx, 1 << 20, &len);
  assert_int_equal(len, os2_context_count(ctx)->tar_size);
  os2_context_rewind(ctx);
  char *again = read_all(ctx, 7, &len);
  assert_memory_equal(again, whole, len);
  free(again);
  free(whole);
  os2_context_rewind(ctx);
  unpack(ctx);
  os2_context_close(ctx);
  sh("test \"$(ls -A out)\" = inner.tar && cd out && tar xpf inner.tar && ! test -e a && "
     "test \"$(cat d/f d/hard; readlink d/l)\" = \"$(printf 'x\\ny\\nf')\" && "
     "test \"$(stat -c '%%a %%Y' d)\" = '700 86400'");
}

static void ends_when_cancelled(void **state) {
  (void)state;
  atomic_bool cancel = true;
  fails_with((os2_context_options){.cancel = &cancel}, OS2_CANCELLED, "cancelled");
  cancel = false;
  os2_context *ctx = open_with((os2_context_options){.cancel = &cancel});
  char bytes[100];
  os2_err err;
  assert_int_equal(os2_context_read(ctx, bytes, 100, &err), 100);
  cancel = true;
  assert_int_equal(os2_context_read(ctx, bytes, 100, &err), -1);
  assert_int_equal(err.kind, OS2_CANCELLED);
  os2_context_close(ctx);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(keeps_what_files_are),
      TEST(does_not_link_to_the_dockerfile),
      TEST(keeps_odd_names),
      TEST(goes_deep),
      TEST(gives_the_same_bytes_however_read),
      TEST(notices_changes),
      TEST(sends_what_was_listed),
      TEST(sends_large_files),
      TEST(nests),
      TEST(ends_when_cancelled),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
