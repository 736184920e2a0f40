/* frames: splits the multiplexed output of a container, as the Docker Engine sends it, into its
   streams. A splitter may be used on any thread, by one thread at a time. */
#ifndef OS2_CORE_BASE_FRAMES_H
#define OS2_CORE_BASE_FRAMES_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
  OS2_FRAMES_STDIN = 0, /* the engine echoes stdin when it is attached */
  OS2_FRAMES_STDOUT = 1,
  OS2_FRAMES_STDERR = 2,
  /* the engine's own message, after which nothing follows (moby's stdcopy.Systemerr) */
  OS2_FRAMES_ERROR = 3
} os2_frames_stream;

/* The state of a splitter. A zeroed struct is a new splitter; there is nothing to free. */
typedef struct {
  uint8_t header[8];
  size_t header_len;
  uint32_t payload_left;
} os2_frames;

/* Called with a piece of one stream. A piece is never empty; its borders are neither those of
   frames nor those of lines. `bytes` is valid during the call only. */
typedef void (*os2_frames_fn)(void *data, os2_frames_stream stream, const char *bytes, size_t len);

/* Feeds a splitter the next bytes of `GET /containers/{id}/logs` or of attach without a TTY. These
   are frames: an 8-byte header {type 0|1|2|3, 0, 0, 0, payload length as big-endian u32}, then the
   payload. Calls `fn` for each piece.
   Returns 0, or -1 when the bytes at a header's place are no header (the raw output of a TTY, for
   instance). The payload before that place has been passed to `fn`. */
int os2_frames_feed(os2_frames *f, const char *bytes, size_t len, os2_frames_fn fn, void *data);

/* Returns true (1) when the input so far ends between two frames. */
int os2_frames_complete(const os2_frames *f);

#endif
