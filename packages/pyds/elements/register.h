// The GTypes of our elements, one per folder beside this file.
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS


G_END_DECLS
