/* mem: allocation with one way to fail: os2 says "out of memory" and ends (os2_mem_fail).
   Every function here may be called on any thread. What it returns is never NULL unless its comment
   says so, and the caller frees it with free(). */
#ifndef OS2_CORE_BASE_MEM_H
#define OS2_CORE_BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

/* The exit code of a process that has run out of memory: "bug" of README.md's list. */
enum { OS2_MEM_EXIT_CODE = 70 };

/* Writes "os2: out of memory" to stderr and ends the process at once: no exit handler runs, nothing
   that is buffered is written. */
_Noreturn void os2_mem_fail(void);

/* Returns what an allocating function of a library returned; NULL ends the process. */
void *os2_mem_check(void *made);

/* realloc for `count` items of `size` bytes; old may be NULL. */
void *os2_mem_resize(void *old, size_t count, size_t size);

/* Zeroed memory for `count` items of `size` bytes. */
void *os2_mem_zero(size_t count, size_t size);

/* Memory for a struct of `size` bytes with `more` bytes behind it; its bytes have no set value. */
void *os2_mem_with(size_t size, size_t more);

/* A NUL-terminated copy of len bytes. */
char *os2_mem_text(const char *bytes, size_t len);

/* A copy of a text; NULL of NULL. */
char *os2_mem_copy(const char *text);

/* A text made as by printf. */
char *os2_mem_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Three texts, one after the other. */
char *os2_mem_join(const char *first, const char *second, const char *third);

/* For libraries that take a pointer to what they do not write: the pointer without its const. */
static inline void *os2_mem_unconst(const void *bytes) { return (void *)(uintptr_t)bytes; }

/* Frees what its owner holds as const; NULL is passed over. */
void os2_mem_drop(const void *owned);

/* The same for a secret, which is wiped first: whoever allocates the memory next could read it. */
void os2_mem_drop_secret(const char *owned);

#endif
