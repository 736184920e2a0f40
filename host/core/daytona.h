/* daytona: the operations of the Daytona API. */
#ifndef OS2_CORE_DAYTONA_H
#define OS2_CORE_DAYTONA_H

#include "core/rest.h"

extern const os2_rest_row os2_daytona_rows[];

#endif
