/* compile: a program of the build. Writes the bytecode of os2's Lua files into one file, and the C
   table that says where each stands and what its source was: compile BYTES TABLE NAME=PATH... */
#include <errno.h>
#include <lauxlib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "compiled.h"
#include "dump_name.h"

typedef struct text {
  char *bytes;
  size_t len;
} text;

static _Noreturn void compile_fail(const char *what, const char *why) {
  fprintf(stderr, "compile: %s: %s\n", what, why);
  exit(1);
}

static text compile_read(const char *path) {
  text out;
  char block[4096];
  FILE *in = fopen(path, "rb"), *copy = open_memstream(&out.bytes, &out.len);
  if (in == NULL || copy == NULL) compile_fail(path, strerror(errno));
  for (size_t got; (got = fread(block, 1, sizeof block, in)) > 0;) fwrite(block, 1, got, copy);
  if (ferror(in) || fclose(copy) != 0) compile_fail(path, strerror(errno));
  fclose(in);
  return out;
}

static int compile_write(lua_State *L, const void *bytes, size_t len, void *out) {
  (void)L;
  return fwrite(bytes, 1, len, out) == len ? 0 : -1;
}

/* A text of no bytes at all is read by Lua as a chunk, too. */
static text compile_dump(lua_State *L, text source, const char *name) {
  text out;
  FILE *copy = open_memstream(&out.bytes, &out.len);
  if (copy == NULL) compile_fail(name, strerror(errno));
  if (luaL_loadbufferx(L, source.bytes, source.len, name, "t") != LUA_OK)
    compile_fail(name, lua_tostring(L, -1));
  lua_dump(L, compile_write, copy, 0); /* with lines and names: messages tell them */
  lua_pop(L, 1);
  if (fclose(copy) != 0) compile_fail(name, strerror(errno));
  return out;
}

/* The place of a name in a dump, with the size in front of it. */
static text compile_find_name(text dump, const char *name) {
  char size[HOST_DUMP_SIZE_MAX];
  size_t len = strlen(name), size_len = host_dump_size(size, len);
  char *found = memmem(dump.bytes, dump.len, name, len);
  if (found == NULL || found < dump.bytes + size_len ||
      memcmp(found - size_len, size, size_len) != 0)
    compile_fail(name, "this Lua writes dumps in another way than host/dump_name.c knows");
  return (text){found - size_len, size_len + len};
}

/* Writes what stands before the chunk's name and what stands behind it. Another name must change
   nothing but itself. */
static void compile_split(lua_State *L, text source, const char *path, FILE *out, size_t len[2]) {
  static const char other[] = "@a name that is longer than any byte of a size can say, so that the "
                              "size takes two bytes, as it does with the path of a file that "
                              "stands deep in some directory";
  const char *own = lua_pushfstring(L, "@%s", path);
  text dump = compile_dump(L, source, own), second = compile_dump(L, source, other);
  text name = compile_find_name(dump, own), place = compile_find_name(second, other);
  len[0] = (size_t)(name.bytes - dump.bytes);
  len[1] = dump.len - len[0] - name.len;
  if ((size_t)(place.bytes - second.bytes) != len[0] || second.len != len[0] + place.len + len[1] ||
      memcmp(dump.bytes, second.bytes, len[0]) != 0 ||
      memcmp(name.bytes + name.len, place.bytes + place.len, len[1]) != 0)
    compile_fail(path, "its dump depends on the name of the chunk in more than one place");
  fwrite(dump.bytes, 1, len[0], out);
  fwrite(name.bytes + name.len, 1, len[1], out);
  free(dump.bytes);
  free(second.bytes);
  lua_pop(L, 1);
}

static void compile_write_digest(text source, FILE *table) {
  XXH128_canonical_t digest;
  XXH128_canonicalFromHash(&digest, XXH3_128bits(source.bytes, source.len));
  _Static_assert(sizeof digest.digest == HOST_COMPILED_DIGEST_BYTES, "the digest has its place");
  for (size_t i = 0; i < sizeof digest.digest; i++) fprintf(table, "%d, ", digest.digest[i]);
}

static void compile_add(lua_State *L, const char *name, FILE *bytes, FILE *table) {
  const char *path = name + strlen(name) + 1;
  size_t len[2];
  long offset = ftell(bytes);
  text source = compile_read(path);
  compile_split(L, source, path, bytes, len);
  fprintf(table, "    {\"%s\", %ld, %zu, %zu, %zu, {", name, offset, source.len, len[0], len[1]);
  compile_write_digest(source, table);
  fputs("}},\n", table);
  free(source.bytes);
}

static int compile_compare(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Cuts each NAME=PATH in two, and sorts them by name. */
static void compile_sort(char **words, size_t count) {
  for (size_t i = 0; i < count; i++) {
    char *mark = strchr(words[i], '=');
    if (mark == NULL) compile_fail(words[i], "is not NAME=PATH");
    *mark = '\0';
  }
  qsort(words, count, sizeof *words, compile_compare);
}

static FILE *compile_create(const char *path) {
  FILE *out = fopen(path, "wb");
  if (out == NULL) compile_fail(path, strerror(errno));
  return out;
}

static void compile_close(FILE *out, const char *path) {
  if (ferror(out) != 0 || fclose(out) != 0) compile_fail(path, strerror(errno));
}

static const char TABLE_HEAD[] =
    "/* Made by host/compile.c when os2 is built. */\n"
    "#include \"compiled.h\"\n\n"
    "__asm__(\".section .rodata\\n.global host_compiled_bytes\\nhost_compiled_bytes:\\n\"\n"
    "        \".incbin \\\"%s\\\"\\n.byte 0\\n.previous\");\n\n"
    "const host_compiled host_compiled_files[] = {\n";

int main(int argc, char **argv) {
  if (argc < 3) compile_fail("usage", "compile BYTES TABLE NAME=PATH...");
  size_t count = (size_t)argc - 3;
  compile_sort(argv + 3, count);
  FILE *bytes = compile_create(argv[1]), *table = compile_create(argv[2]);
  lua_State *L = luaL_newstate();
  if (L == NULL) compile_fail("Lua", "out of memory");
  fprintf(table, TABLE_HEAD, argv[1]);
  for (size_t i = 0; i < count; i++) compile_add(L, argv[3 + i], bytes, table);
  fprintf(table, "    {0}};\nconst size_t host_compiled_count = %zu;\n", count);
  compile_close(bytes, argv[1]);
  compile_close(table, argv[2]);
  lua_close(L);
  return 0;
}
