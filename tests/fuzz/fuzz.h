/* fuzz: what every target is built on: libFuzzer's entry, and a check that holds in every build. */
#ifndef OS2_TESTS_FUZZ_H
#define OS2_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Called with one input; libFuzzer calls it with millions, `replay.c` with the seeds. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* What must hold of whatever input; a crash is what libFuzzer keeps the input of. */
static inline void must(int holds) {
  if (!holds) abort();
}

#endif
