/* docker: the operations of the Docker Engine API (1.39 to 1.51), one row each. */
#include "core/docker.h"

#include <stddef.h>

/* Paths stand below /v<version>; lists and maps in a query are JSON. `session` of the build is not
   in the API's description: it names the session that answers the build's questions. */
const os2_rest_row os2_docker_rows[] = {
    {"system_ping", "GET", "/_ping", "", "", ""},
    {"system_version", "GET", "/version", "", "", ""},
    {"system_info", "GET", "/info", "", "", ""},
    {"system_auth", "POST", "/auth", "", "username password email serveraddress", ""},
    {"image_build", "POST", "/build",
     "dockerfile t extrahosts remote q nocache cachefrom pull rm forcerm memory memswap cpushares "
     "cpusetcpus cpuperiod cpuquota buildargs shmsize squash labels networkmode platform target "
     "outputs version session buildid",
     "", ""},
    {"build_prune", "POST", "/build/prune",
     "all filters reserved-space max-used-space min-free-space keep-storage", "", ""},
    {"build_cancel", "POST", "/build/cancel", "id", "", ""},
    {"session", "POST", "/session", "", "", ""},
    {"image_create", "POST", "/images/create",
     "fromImage fromSrc repo tag message changes platform", "", ""},
    {"image_list", "GET", "/images/json", "all filters shared-size digests manifests", "", ""},
    {"image_inspect", "GET", "/images/{name:path}/json", "manifests platform", "", ""},
    {"image_history", "GET", "/images/{name:path}/history", "platform", "", ""},
    {"image_tag", "POST", "/images/{name:path}/tag", "repo tag", "", ""},
    {"image_push", "POST", "/images/{name:path}/push", "tag platform", "", ""},
    {"image_delete", "DELETE", "/images/{name:path}", "force noprune platforms", "", ""},
    {"image_prune", "POST", "/images/prune", "filters", "", ""},
    {"distribution_inspect", "GET", "/distribution/{name:path}/json", "", "", ""},
    {NULL, NULL, NULL, NULL, NULL, NULL}};
