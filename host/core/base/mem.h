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

/* Returns its argument, the result of a library's allocation; NULL ends the process. */
void *os2_mem_check(void *made);

/* realloc for `count` items of `size` bytes; `old` may be NULL. */
void *os2_mem_resize(void *old, size_t count, size_t size);

/* realloc, also for a NULL `old`, for a library that handles a lack of memory itself: returns NULL
   then, and `old` stays. */
void *os2_mem_try(void *old, size_t size);

/* Returns zeroed memory for `count` items of `size` bytes. */
void *os2_mem_zero(size_t count, size_t size);

/* Returns memory for a struct of `size` bytes followed by `more` bytes. The memory is not
   initialized. */
void *os2_mem_with(size_t size, size_t more);

/* Returns a NUL-terminated copy of `len` bytes. */
char *os2_mem_text(const char *bytes, size_t len);

/* Returns a copy of a text; NULL for NULL. */
char *os2_mem_copy(const char *text);

/* Returns a text formatted as by printf. */
char *os2_mem_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Returns the concatenation of three texts. */
char *os2_mem_join(const char *first, const char *second, const char *third);

/* Returns the pointer without its const, for libraries that take a non-const pointer to data that
   they do not write. */
static inline void *os2_mem_unconst(const void *bytes) { return (void *)(uintptr_t)bytes; }

/* Frees memory that its owner holds as const. NULL is allowed and does nothing. */
void os2_mem_drop(const void *owned);

/* As os2_mem_drop, for a secret: wipes it first, because whoever allocates the memory next could
   read it. */
void os2_mem_drop_secret(const char *owned);

#endif
