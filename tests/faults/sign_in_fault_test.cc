#include "tests/world/client.h"
