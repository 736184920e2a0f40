/* daytona: the operations of the Daytona API (v0.190), one row each. */
#include "core/daytona.h"

#include <stddef.h>

const os2_rest_row os2_daytona_rows[] = {
    {"get_all_snapshots", "GET", "/snapshots", "page limit name sort order", "", ""},
    {"create_snapshot", "POST", "/snapshots", "",
     "name imageName entrypoint general cpu gpu memory disk buildInfo regionId sandboxClass",
     "write:snapshots"},
    {"get_snapshot", "GET", "/snapshots/{id}", "", "", ""},
    {"remove_snapshot", "DELETE", "/snapshots/{id:uuid}", "", "", "delete:snapshots"},
    {"activate_snapshot", "POST", "/snapshots/{id:uuid}/activate", "", "", "write:snapshots"},
    {"deactivate_snapshot", "POST", "/snapshots/{id:uuid}/deactivate", "", "", "write:snapshots"},
    {"get_snapshot_build_logs_url", "GET", "/snapshots/{id:uuid}/build-logs-url", "", "", ""},
    {"get_current_api_key", "GET", "/api-keys/current", "", "", ""},
    {"get_transient_push_access", "GET", "/docker-registry/registry-push-access", "regionId", "",
     "write:snapshots"},
    {"config_controller_get_config", "GET", "/config", "", "", ""},
    {"health_controller_live", "GET", "/health", "", "", ""},
    {NULL, NULL, NULL, NULL, NULL, NULL}};
