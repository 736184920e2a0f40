/* json_project: leaves out of a JSON text the members of objects that nobody wants, so that no
   parser makes values of them. May be called on any thread. */
#ifndef OS2_CORE_BASE_JSON_PROJECT_H
#define OS2_CORE_BASE_JSON_PROJECT_H

#include <stdbool.h>
#include <stddef.h>

/* How deep wanted lists and objects may be nested. */
enum { OS2_JSON_DEEPEST_LEVELS = 64 };

/* What is wanted of a value. */
typedef enum os2_json_want {
  OS2_JSON_NONE, /* the member is left out */
  OS2_JSON_ALL,  /* the value stays as it is */
  OS2_JSON_TEST, /* as OS2_JSON_ALL; but an object of a list is left out unless `keeps` says so */
  OS2_JSON_SOME  /* the members inside are asked for in their turn */
} os2_json_want;

/* Who wants what. A list hands the question on to its elements. */
typedef struct os2_json_wish {
  /* Says what is wanted of a member of the object that is being read. The key is as the text has
     it, without its quotes; a key with an escape matches no name. After OS2_JSON_SOME the wishes
     are those of this member, until `leave`. */
  os2_json_want (*member)(void *arg, const char *key, size_t len);
  void (*leave)(void *arg);
  /* Says whether an object stays. `text` is the text of its member, as `key` above. */
  bool (*keeps)(void *arg, const char *text, size_t len);
  void *arg;
} os2_json_wish;

/* Writes the text without what is not wanted to `out`, which has room for `len` bytes. Returns how
   many it has written; 0 when the text is not JSON as far as it was read, or is nested too deeply:
   then the whole text is to be parsed, which says what is wrong. What is left out is not checked.
 */
size_t os2_json_project(const char *text, size_t len, const os2_json_wish *wish, char *out);

#endif
