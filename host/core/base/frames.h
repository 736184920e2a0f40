/* frames: splits the Docker Engine's multiplexed output of containers into its streams. */
#ifndef OS2_CORE_BASE_FRAMES_H
#define OS2_CORE_BASE_FRAMES_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
  OS2_FRAMES_STDIN = 0, /* echoed by the engine when stdin is attached */
  OS2_FRAMES_STDOUT = 1,
  OS2_FRAMES_STDERR = 2,
  OS2_FRAMES_ERROR = 3 /* the engine's own: why nothing follows (moby's stdcopy.Systemerr) */
} os2_frames_stream;

/* A splitter's state; all zero is a fresh one. */
typedef struct {
  uint8_t header[8];
  size_t header_len;
  uint32_t payload_left;
} os2_frames;

/* Called with a piece of one stream, never empty; pieces do not follow frame or line borders. */
typedef void (*os2_frames_fn)(void *data, os2_frames_stream stream, const char *bytes, size_t len);

/*
 * Splits the next bytes of `GET /containers/{id}/logs` or attach without a TTY: frames of an
 * 8-byte header {type 0|1|2|3, 0, 0, 0, payload length as big-endian u32} and the payload.
 * @return 0, or -1 when a header is none (a TTY's raw output, for instance); what stood before it
 * was
   given. */
int os2_frames_feed(os2_frames *f, const char *bytes, size_t len, os2_frames_fn fn, void *data);

/* Whether the input so far ends between two frames. */
int os2_frames_complete(const os2_frames *f);

#endif
