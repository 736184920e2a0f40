/* curl_loop: runs libcurl's multi interface on the event loop. There is one multi handle in the
   process, so all requests share the kept connections. All functions must be called on the loop
   thread. */
#ifndef OS2_CORE_HTTP_CURL_LOOP_H
#define OS2_CORE_HTTP_CURL_LOOP_H

#include <curl/curl.h>
#include <stdbool.h>

#include "core/base/err.h"
#include "core/loop/loop.h"

/* The receiver of a transfer's end; a member of the caller's own struct. */
typedef struct os2_curl_owner {
  /* Called once when the transfer ends. The easy handle has been removed from the multi handle by
     then, unless the transfer was made with CURLOPT_CONNECT_ONLY. */
  void (*done)(struct os2_curl_owner *owner, CURLcode code);
  /* keep the easy handle in the multi handle after the end, and with it the connection */
  bool is_connect_only;
  /* For curl_loop itself: a failure that libcurl does not report as a message, see os2_curl_pause.
   */
  CURL *failed;
  CURLcode failure;
  struct os2_curl_owner *next_failed;
} os2_curl_owner;

/* Starts a transfer, and sets the handle's CURLOPT_PRIVATE to the owner. Returns 0, or -1 with
   err. */
int os2_curl_add(os2_loop *loop, CURL *easy, os2_curl_owner *owner, os2_err *err);

/* Removes a transfer, frees its easy handle and then calls `gone` with arg. Inside a libcurl
   callback, where libcurl forbids the removal, all of this is postponed until the callback has
   returned. `done` is not called any more. */
void os2_curl_drop(CURL *easy, void (*gone)(void *arg), void *arg);

/* Pauses or resumes a transfer (CURLPAUSE_* bits). Data that libcurl has held back is delivered
   within this call; when that fails, `done` is called in the next turn of the loop. */
void os2_curl_pause(CURL *easy, int bits);

/* Returns the version of libcurl and of its TLS library. The text is static. */
const char *os2_curl_version(void);

/* Closes all kept connections and frees the multi handle. Call it at the end of the process. */
void os2_curl_close(void);

#endif
